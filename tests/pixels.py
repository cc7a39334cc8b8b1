"""How well words can be told from what is really drawn behind them."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, ImageChops

# The words' own colours as computed, with what makes them transparent; and where they stand.
FIND = """selector => [...document.querySelectorAll(selector)].filter(one => one.checkVisibility())
  .map(one => {
    const style = getComputedStyle(one);
    const isDrawn = one instanceof SVGElement;
    const [r, g, b, a = 1] = (isDrawn ? style.fill : style.color).match(/[\\d.]+/g).map(Number);
    let opacity = a * (isDrawn ? style.fillOpacity : 1);
    for (let at = one; at; at = at.parentElement) opacity *= getComputedStyle(at).opacity;
    const box = one.getBoundingClientRect();
    return {
      words: one.textContent.trim(), colour: [r, g, b], opacity,
      box: [box.left + scrollX, box.top + scrollY, box.right + scrollX, box.bottom + scrollY],
    };
  }).filter(one => one.words && one.opacity > 0 && one.box[2] > one.box[0])"""
HIDE = """([selector, isHidden]) => {
  for (const one of document.querySelectorAll(selector)) {
    const name = one instanceof SVGElement ? 'fill' : 'color';
    if (isHidden) one.style.setProperty(name, 'transparent', 'important');
    else one.style.removeProperty(name);
  }
}"""
# Below this a pixel is the soft edge of a letter.
SEEN = 40


def contrasts(page: Any, selector: str) -> list[tuple[str, float]]:
    """The words and their lowest contrast with any pixel behind a letter; 0 if none is seen."""
    found = page.evaluate(FIND, selector)
    with_words = _picture(page)
    page.evaluate(HIDE, [selector, True])
    behind = _picture(page)
    page.evaluate(HIDE, [selector, False])
    return [(one["words"], _lowest(one, with_words, behind)) for one in found]


def _picture(page: Any) -> Image.Image:
    return Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")


def _lowest(one: dict[str, Any], with_words: Image.Image, behind: Image.Image) -> float:
    left, top, right, bottom = one["box"]
    box = (int(left), int(top), int(right) + 1, int(bottom) + 1)
    ground = behind.crop(box)
    letters = ImageChops.difference(with_words.crop(box), ground).convert("L")
    pixels = ground.tobytes()
    colours = {
        tuple(pixels[3 * at : 3 * at + 3])
        for at, seen in enumerate(letters.tobytes())
        if seen > SEEN
    }
    return min((contrast(_over(one, colour), colour) for colour in colours), default=0)


def _over(one: dict[str, Any], colour: tuple[int, ...]) -> tuple[float, ...]:
    part = one["opacity"]
    return tuple(
        part * own + (1 - part) * other for own, other in zip(one["colour"], colour, strict=True)
    )


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """As WCAG defines it, from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: tuple[float, ...]) -> float:
    parts = [value / 255 for value in colour]
    red, green, blue = (
        value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4 for value in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
