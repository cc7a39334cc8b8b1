"""The drawing that Django’s admin shows for yes and no, with its name in the language of the page.

Django’s own says “True”, “False” and “None” to whoever cannot see it, and offers no other way.
"""

from __future__ import annotations

from django.contrib.admin.templatetags import admin_list
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

FILES = {True: "yes", False: "no", None: "unknown"}


def boolean_icon(value: bool | None) -> SafeString:
    said = {True: gettext("yes"), False: gettext("no"), None: gettext("not known")}[value]
    return format_html(
        '<img src="{}" alt="{}">', static(f"admin/img/icon-{FILES[value]}.svg"), said
    )


def use() -> None:
    admin_list._boolean_icon = boolean_icon  # type: ignore[attr-defined]
