"""The sign of a theme, beside its name: an icon of Lucide, written into the page itself."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from xml.etree import ElementTree

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from directory.models import Theme

SPRITE = Path("static", "vendor", "lucide", "icons.svg")
SVG = "{http://www.w3.org/2000/svg}"
# By the slug of the parent theme; its children share it.
ICONS = {
    "beni-comuni-e-citta": "building-2",
    "partecipazione-e-democrazia": "vote",
    "cultura-ed-educazione": "book-open",
    "diritti-e-inclusione": "scale",
    "salute-e-cura": "heart-pulse",
    "welfare-e-prossimita": "hand-heart",
    "lavoro-ed-economia-sociale": "briefcase",
    "ecologia": "sprout",
}
ANY_THEME = "tag"


def icon_of(theme: Theme) -> SafeString:
    """A theme that staff added has the icon of any theme. No query if the parent was joined."""
    return drawn(ICONS.get((theme.parent or theme).slug, ANY_THEME))


@cache
def drawn(name: str) -> SafeString:
    """In the page itself, since a file of icons would be one more thing to ask for."""
    sprite = ElementTree.parse(Path(settings.BASE_DIR) / SPRITE)  # noqa: S314
    (symbol,) = sprite.findall(f"{SVG}symbol[@id='{name}']")
    shapes = "".join(map(written, symbol))
    box = symbol.get("viewBox")
    return mark_safe(  # noqa: S308
        f'<svg class="icon theme-icon" viewBox="{box}" aria-hidden="true" focusable="false">'
        f"{shapes}</svg>"
    )


def written(shape: ElementTree.Element) -> str:
    attributes = "".join(f' {name}="{value}"' for name, value in shape.items())
    return f"<{shape.tag.removeprefix(SVG)}{attributes}/>"
