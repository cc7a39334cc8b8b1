"""An entry's picture, or the quiet placeholder drawn from its name."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from directory.entry_lists import Picture
from directory.initials import placeholder_svg
from directory.models import Entry
from places.languages import translated

from .texts import attribute

register = template.Library()


@register.simple_tag
def placeholder(entry: Entry) -> SafeString:
    return placeholder_svg(translated(entry, "name")[0], entry.slug)


@register.simple_tag
def picture(
    shown: Picture, sizes: str, loading: str = "lazy", beside_name: bool = False
) -> SafeString:
    """An ``img`` in the widths there are. ``sizes`` as HTML means it.

    Beside the name it belongs to (``beside_name``) a picture says nothing more, so it is silent.
    """
    image: Any = shown.image
    files = image.sources
    alt, language = ("", "") if beside_name or shown.decorative else translated(shown, "alt")
    return format_html(
        '<img src="{}" srcset="{}" sizes="{}" width="{}" height="{}" alt="{}"{} loading="{}"'
        ' decoding="async">',
        files[-1][0],
        ", ".join(f"{address} {width}w" for address, width in files),
        sizes,
        shown.width,
        shown.height,
        alt,
        attribute(language) if alt else mark_safe(""),
        loading,
    )
