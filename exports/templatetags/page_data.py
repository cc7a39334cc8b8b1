"""``{% page_data %}``, once, in the head of every page."""

from __future__ import annotations

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from exports import page_data as data

register = template.Library()


@register.simple_tag(takes_context=True)
def page_data(context: Context) -> SafeString:
    """What the page says of itself in schema.org: data, which no browser runs."""
    said = data.page_data(context)  # type: ignore[arg-type]
    if not said:
        return mark_safe("")
    # Escaped so that nothing in it can end the element.
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(said))  # noqa: S308
