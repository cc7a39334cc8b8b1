"""Pictures: what is accepted, what is made of it, and the files that hold it.

An uploaded file is never kept. It is decoded whole and drawn anew as WebP, which every browser
in use reads, in up to three widths; so nothing of the original goes further than its pixels: no
place, no camera, no name, nothing that was hidden behind the picture.
"""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from math import ceil
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms

FORMATS = ("JPEG", "PNG", "WEBP")
CONTENT_TYPES = ("image/jpeg", "image/png", "image/webp")
MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 24_000_000
# A progressive JPEG has about ten; each more costs a pass over all pixels and few bytes.
MOST_SCANS = 100
SCAN = re.compile(rb"\xff\xda\x00[\x08\x0a\x0c\x0e][\x01-\x04]")

# The largest width is the picture's own, as far as neither side is longer than this.
LONGEST_SIDE = 1600
SMALLER_WIDTHS = (400, 800)
# A smaller file that is nearly as wide as the largest is not worth keeping.
NEARLY = 0.8
QUALITY = 82
BAND_PIXELS = 1_000_000

FOLDER = "pictures"
FILE_NAME = re.compile(FOLDER + r"/([0-9a-f]{2})/(\1[0-9a-f]{30})-([1-9][0-9]{0,3})\.webp")

ACCEPTED = _("Accepted are JPEG, PNG and WebP pictures of at most 10 MB and 24 megapixels.")
DAMAGED = _("The picture is incomplete or damaged.")

SRGB = ImageCms.createProfile("sRGB")
# A picture of 24 megapixels takes up to 100 MB while it is decoded (WebP 400 MB), so a process
# takes one at a time.
one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class EncodedPicture:
    """A picture as it will be stored: WebP files by width, the largest last."""

    width: int
    height: int
    files: dict[int, bytes]

    @property
    def widths(self) -> list[int]:
        return list(self.files)

    @property
    def size(self) -> int:
        return sum(map(len, self.files.values()))


@dataclass(frozen=True)
class StoredPicture:
    """``name`` is the file of the largest width; ``sources`` knows the others'."""

    name: str
    width: int
    height: int
    widths: list[int]


# ------------------------------------------------------------------ from an upload to WebP
def check_and_encode(file: IO[bytes]) -> EncodedPicture:
    """Refuse, with a sentence that says why and what is accepted, or draw the picture anew.

    Size, kind, number of pixels and number of frames are judged before anything is decoded.
    """
    file.seek(0)
    content = file.read(MOST_BYTES + 1)
    if not content:
        raise _refusal("empty", _("The file is empty."))
    if len(content) > MOST_BYTES:
        raise _refusal("bytes", _("The file is larger than 10 MB."))
    with one_at_a_time:
        return _encoded(_decoded(content))


def _decoded(content: bytes) -> Image.Image:
    """Small, upright and in sRGB; the picture at its full size is gone when this returns."""
    with _opened(content) as image:
        if image.width * image.height > MOST_PIXELS:
            raise _too_many_pixels()
        # What a camera appends to a JPEG (a second view, a film) is no second frame.
        if image.format in ("PNG", "WEBP") and getattr(image, "n_frames", 1) > 1:
            raise _refusal("frames", _("The picture is animated."))
        if image.format in ("JPEG", "MPO") and len(SCAN.findall(content)) > MOST_SCANS:
            raise _refusal("scans", DAMAGED)
        try:
            # Lets the JPEG decoder leave out what would be thrown away; others ignore it.
            image.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
            image.load()
            return _in_srgb(_upright(_shrunk(image), image), image)
        except Exception as error:
            # Decoders answer a damaged file with whatever went wrong inside them.
            raise _refusal("broken", DAMAGED) from error


def _opened(content: bytes) -> Image.Image:
    try:
        return Image.open(BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except Exception as error:
        raise _refusal("format", _("The file is not a picture of an accepted kind.")) from error


def _refusal(code: str, reason: Any) -> ValidationError:
    return ValidationError(format_lazy("{} {}", reason, ACCEPTED), code=code)


def _too_many_pixels() -> ValidationError:
    return _refusal("pixels", _("The picture has more than 24 megapixels."))


def _shrunk(image: Image.Image) -> Image.Image:
    """In 8 bits per channel, with both sides shorter than twice the longest side.

    Done in bands, so that there is never a second copy of the picture at its full size.
    """
    factor = max(1, max(image.size) // LONGEST_SIDE)
    width, height = image.size
    rows = factor * max(1, BAND_PIXELS // (width * factor))
    small: Image.Image | None = None
    for top in range(0, height, rows):
        band = image.crop((0, top, width, min(top + rows, height)))
        band = _in_eight_bits(band).reduce(factor)
        if small is None:
            small = Image.new(band.mode, (band.width, ceil(height / factor)))
        small.paste(band, (0, top // factor))
    assert small is not None  # noqa: S101  # a picture has at least one row
    return small


def _in_eight_bits(image: Image.Image) -> Image.Image:
    """As grey, RGB, RGBA or CMYK."""
    if image.mode.startswith("I"):
        # Converting would turn all but the darkest 256 of 65,536 greys into white.
        return image.point(lambda value: value / 256).convert("L")
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode in ("L", "RGB", "CMYK"):
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _upright(image: Image.Image, original: Image.Image) -> Image.Image:
    try:
        orientation = original.getexif().get(0x0112)
    except Exception:  # damaged notes in a whole picture
        return image
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
    return image.transpose(turns[orientation]) if orientation in turns else image


def _in_srgb(image: Image.Image, original: Image.Image) -> Image.Image:
    """In the colours browsers assume, as RGB or RGBA."""
    target = "RGBA" if image.mode == "RGBA" else "RGB"
    if profile := original.info.get("icc_profile"):
        bare = image.convert("RGB") if target == "RGBA" else image
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(bare, source, SRGB, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            pass  # a damaged profile, or one of another kind of picture: the colours as they are
        else:
            if converted is not None:
                if target == "RGBA":
                    converted.putalpha(image.getchannel("A"))
                return converted
    return image.convert(target)


def _encoded(image: Image.Image) -> EncodedPicture:
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    widths = [width for width in SMALLER_WIDTHS if width <= image.width * NEARLY]
    files = {}
    for width in [*widths, image.width]:
        size = (width, max(1, round(image.height * width / image.width)))
        resized = image if size == image.size else image.resize(size, Image.Resampling.LANCZOS)
        resized.info = {}
        output = BytesIO()
        resized.save(output, "WEBP", quality=QUALITY, method=4, use_sharp_yuv=True)
        files[width] = output.getvalue()
    return EncodedPicture(image.width, image.height, files)


# ------------------------------------------------------------------ the files
def new_name(width: int) -> str:
    """A random name; the first two characters make the folder, so that none grows too long."""
    stem = secrets.token_hex(16)
    return f"{FOLDER}/{stem[:2]}/{stem}-{width}.webp"


def name_for_width(name: object, width: int) -> str:
    """Of the same picture; ``name`` is any of its file names, or the value of a PictureField."""
    return f"{str(name).rpartition('-')[0]}-{width}.webp"


def store(
    encoded: EncodedPicture, name: str = "", storage: Storage = default_storage
) -> StoredPicture:
    """Write all files of a picture, or none. ``name``: of the largest, from ``new_name``."""
    name = name or new_name(encoded.width)
    written: list[str] = []
    try:
        for width, content in encoded.files.items():
            written.append(storage.save(name_for_width(name, width), ContentFile(content)))
    except BaseException:
        for one in written:
            storage.delete(one)
        raise
    return StoredPicture(written[-1], encoded.width, encoded.height, encoded.widths)


def sources(
    name: object, widths: Iterable[int], storage: Storage = default_storage
) -> list[tuple[str, int]]:
    """Address and width of each file, smallest first, as ``srcset`` wants them."""
    return [(storage.url(name_for_width(name, width)), width) for width in sorted(widths)]


def delete_files(name: object, widths: Iterable[int], storage: Storage = default_storage) -> None:
    for width in widths:
        storage.delete(name_for_width(name, width))
