"""Which uploads become pictures, what is left of them, and why the others are refused."""

import io
import random
import struct
import subprocess
import sys
import threading
import time
import zipfile
import zlib
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override
from PIL import Image, ImageFile

from directory import pictures
from directory.pictures import (
    FILE_NAME,
    MOST_BYTES,
    check_and_encode,
    delete_files,
    new_name,
    sources,
    store,
)
from directory.storage import AtomicFileSystemStorage

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def saved(image, kind, **options):
    output = io.BytesIO()
    image.save(output, kind, **options)
    return output.getvalue()


def encode(content):
    return check_and_encode(io.BytesIO(content))


def largest(content):
    """The picture that was made of an upload."""
    encoded = encode(content)
    return Image.open(io.BytesIO(encoded.files[encoded.width]))


def corners(size=(64, 32)):
    """Red top left, green top right, blue bottom left, white bottom right."""
    image = Image.new("RGB", size, WHITE)
    half = (size[0] // 2, size[1] // 2)
    image.paste(RED, (0, 0, *half))
    image.paste(GREEN, (half[0], 0, size[0], half[1]))
    image.paste(BLUE, (0, half[1], half[0], size[1]))
    return image


def seen_corners(image):
    image = image.convert("RGB")
    (right, bottom) = (image.width - 6, image.height - 6)
    return [image.getpixel(at) for at in ((5, 5), (right, 5), (5, bottom), (right, bottom))]


def close_to(seen, wanted, distance=40):
    return all(abs(a - b) <= distance for a, b in zip(seen, wanted, strict=True))


def photograph(size=(1200, 900)):
    return Image.effect_noise((60, 45), 80).resize(size).convert("RGB")


def assert_refused(content, code):
    with pytest.raises(ValidationError) as refusal:
        encode(content)
    assert refusal.value.code == code
    with override("en"):
        sentence = refusal.value.messages[0]
    assert sentence.count(".") == 2
    assert "JPEG, PNG and WebP" in sentence
    assert "10 MB" in sentence
    assert "24 megapixels" in sentence


# ------------------------------------------------------------------ what is accepted
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    ("size", "widths", "made"),
    [
        ((1, 1), [1], (1, 1)),
        ((300, 200), [300], (300, 200)),
        ((480, 10), [480], (480, 10)),
        ((600, 400), [400, 600], (600, 400)),
        ((900, 400), [400, 900], (900, 400)),
        ((1100, 400), [400, 800, 1100], (1100, 400)),
        ((3300, 2200), [400, 800, 1600], (1600, 1067)),
        ((1500, 3000), [400, 800], (800, 1600)),
        ((3000, 4000), [400, 800, 1200], (1200, 1600)),
        ((5000, 3), [400, 800, 1600], (1600, 1)),
        ((3, 5000), [1], (1, 1600)),
    ],
)
def test_three_widths_at_most_and_never_larger_than_the_original(kind, size, widths, made):
    encoded = encode(saved(Image.new("RGB", size, RED), kind))
    assert encoded.widths == widths
    assert (encoded.width, encoded.height) == made
    for width, content in encoded.files.items():
        image = Image.open(io.BytesIO(content))
        image.load()
        assert image.format == "WEBP"
        assert image.width == width
        assert abs(image.height - made[1] * width / made[0]) <= 1


def cmyk():
    return Image.new("CMYK", (64, 32), (0, 255, 255, 0))


def palette(transparent):
    image = Image.new("P", (64, 32), 1)
    image.putpalette([0, 0, 0, 255, 0, 0])
    image.paste(0, (0, 0, 32, 32))
    return saved(image, "PNG", **({"transparency": 0} if transparent else {}))


def grey_in_16_bits():
    row = b"\0\0" * 32 + b"\0\x80" * 32  # black, then 32,768 of 65,535
    return saved(Image.frombytes("I;16", (64, 32), row * 32), "PNG")


def half_clear(mode):
    image = Image.new("RGBA", (64, 32), (255, 0, 0, 255))
    image.paste((0, 0, 255, 0), (0, 0, 32, 32))
    return image.convert(mode)


def several_views():
    """As cameras make them: a JPEG, and another one behind it."""
    output = io.BytesIO()
    Image.new("RGB", (64, 32), RED).save(
        output, "MPO", save_all=True, append_images=[Image.new("RGB", (64, 32), BLUE)]
    )
    return output.getvalue()


@pytest.mark.parametrize(
    ("content", "mode", "left", "right"),
    [
        (saved(cmyk(), "JPEG", quality=95), "RGB", RED, RED),
        (palette(transparent=False), "RGB", (0, 0, 0), RED),
        (palette(transparent=True), "RGBA", None, RED),
        (grey_in_16_bits(), "RGB", (0, 0, 0), (128, 128, 128)),
        (saved(Image.new("1", (64, 32), 1), "PNG"), "RGB", WHITE, WHITE),
        (saved(Image.new("L", (64, 32), 128), "JPEG"), "RGB", (128,) * 3, (128,) * 3),
        (saved(half_clear("LA"), "PNG"), "RGBA", None, (76, 76, 76)),
        (saved(half_clear("RGBA"), "PNG"), "RGBA", None, RED),
        (saved(half_clear("RGBA"), "WEBP", lossless=True), "RGBA", None, RED),
        (
            saved(half_clear("RGB"), "PNG", transparency=(0, 0, 255)),
            "RGBA",
            None,
            RED,
        ),
        (several_views(), "RGB", RED, RED),
        (saved(Image.new("RGB", (64, 32), RED), "JPEG", progressive=True), "RGB", RED, RED),
        (saved(Image.new("YCbCr", (64, 32), (76, 85, 255)), "JPEG"), "RGB", RED, RED),
    ],
    ids=[
        "cmyk",
        "palette",
        "transparent palette",
        "16 bits",
        "1 bit",
        "grey",
        "grey with alpha",
        "alpha",
        "webp with alpha",
        "colour key",
        "mpo",
        "progressive",
        "ycbcr",
    ],
)
def test_every_kind_of_pixel_keeps_its_look(content, mode, left, right):
    image = largest(content)
    assert image.mode == mode
    for at, colour in (((8, 16), left), ((56, 16), right)):
        pixel = image.getpixel(at)
        if colour is None:
            assert pixel[3] == 0
        else:
            assert close_to(pixel[:3], colour, 12)
            assert pixel[3:] in ((), (255,))


def test_every_band_of_a_large_picture_is_there():
    small = corners((64, 32)).convert("RGBA")
    content = saved(small.resize((4810, 2405), Image.Resampling.NEAREST), "PNG", compress_level=1)
    image = largest(content)
    assert image.size == (1600, 800)
    assert all(map(close_to, seen_corners(image), (RED, GREEN, BLUE, WHITE)))


# What the eight orientations of EXIF show at top left, top right, bottom left, bottom right.
UPRIGHT = {
    1: (RED, GREEN, BLUE, WHITE),
    2: (GREEN, RED, WHITE, BLUE),
    3: (WHITE, BLUE, GREEN, RED),
    4: (BLUE, WHITE, RED, GREEN),
    5: (RED, BLUE, GREEN, WHITE),
    6: (BLUE, RED, WHITE, GREEN),
    7: (WHITE, GREEN, BLUE, RED),
    8: (GREEN, WHITE, RED, BLUE),
}


@pytest.mark.parametrize("orientation", UPRIGHT)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_orientation_of_the_camera_is_applied(kind, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = largest(saved(corners(), kind, exif=exif))
    assert image.size == ((64, 32) if orientation < 5 else (32, 64))
    assert all(map(close_to, seen_corners(image), UPRIGHT[orientation]))


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(
    "exif", [b"Exif\0\0", b"Exif\0\0garbage", b"Exif\0\0II*\0\xff\xff\xff\xff"]
)
def test_damaged_notes_do_not_spoil_a_picture(exif):
    image = largest(saved(corners(), "JPEG", exif=exif))
    assert all(map(close_to, seen_corners(image), UPRIGHT[1]))


def profile(gamma):
    """A smallest ICC profile: the primaries of sRGB with another gamma."""

    def xyz(*values):
        return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in values))

    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", 2) + b"x\0" + bytes(78),
        b"wtpt": xyz(0.9642, 1, 0.8249),
        b"rXYZ": xyz(0.4361, 0.2225, 0.0139),
        b"gXYZ": xyz(0.3851, 0.7169, 0.0971),
        b"bXYZ": xyz(0.1431, 0.0606, 0.7141),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    table, data = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        table += name + struct.pack(">2I", start + len(data), len(content))
        data += content + bytes(-len(content) % 4)
    header = struct.pack(
        ">I4s4s4s4s4s12s4s4s4s8s4s8s3i48s",
        start + len(data),
        b"none",
        b"\x02\x10\0\0",
        b"mntr",
        b"RGB ",
        b"XYZ ",
        bytes(12),
        b"acsp",
        b"none",
        bytes(4),
        bytes(8),
        bytes(4),
        bytes(8),
        63190,
        65536,
        54061,
        bytes(48),
    )
    return header[:128] + table + data


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("JPEG", "RGB"), ("PNG", "RGB"), ("PNG", "RGBA"), ("WEBP", "RGB"), ("WEBP", "RGBA")],
)
def test_colours_are_brought_to_srgb(kind, mode):
    """A grey of 128 in a linear profile is 188 in sRGB."""
    colour = (128, 128, 128, 200)[: len(mode)]
    image = largest(saved(Image.new(mode, (64, 32), colour), kind, icc_profile=profile(1.0)))
    assert close_to(image.getpixel((32, 16))[:3], (188, 188, 188), 6)
    assert image.mode == mode
    assert "icc_profile" not in image.info


@pytest.mark.parametrize(
    ("mode", "useless"),
    [
        *((mode, b"garbage") for mode in ("RGB", "L", "CMYK")),
        *((mode, profile(1.0)[:200]) for mode in ("RGB", "L", "CMYK")),
        *((mode, profile(1.0)) for mode in ("L", "CMYK")),
    ],
)
def test_a_profile_of_no_use_is_ignored(mode, useless):
    content = saved(Image.new(mode, (64, 32)), "JPEG", icc_profile=useless)
    assert largest(content).size == (64, 32)


# ------------------------------------------------------------------ what is left behind
def chunks(webp):
    found, at = [], 12
    while at < len(webp):
        found.append(webp[at : at + 4])
        at += 8 + int.from_bytes(webp[at + 4 : at + 8], "little") + (at % 2)
        at += at % 2
    return found


def with_notes(kind):
    exif = Image.Exif()
    exif[0x010E] = "secret <script>alert(1)</script>"
    exif[0x0112] = 1
    exif.get_ifd(0x8825).update({1: "N", 2: (45.0, 4.0, 0.0), 29: "secret:GPS"})
    options = {"exif": exif, "icc_profile": profile(2.2), "xmp": b"<x:xmpmeta>secret</x:xmpmeta>"}
    if kind == "JPEG":
        options |= {"comment": b"secret <script>"}
    if kind == "PNG":
        from PIL.PngImagePlugin import PngInfo

        notes = PngInfo()
        notes.add_text("secret", "<script>secret</script>")
        notes.add_itxt("secret", "secret", zip=True)
        options = {**options, "pnginfo": notes}
        options.pop("xmp")
    return saved(photograph(), kind, **options)


def zipped():
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        archive.writestr("secret.html", "<script>alert('secret')</script>")
    return output.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("tail", [b"", zipped(), b"<script>alert('secret')</script>"])
def test_nothing_but_the_pixels_is_kept(kind, tail):
    content = with_notes(kind) + tail
    assert b"secret" in content
    for made in encode(content).files.values():
        assert set(chunks(made)) <= {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"}
        for trace in (b"secret", b"GPS", b"script", b"PK\x03\x04", b"Exif", b"xmp", b"acsp"):
            assert trace not in made
        assert int.from_bytes(made[4:8], "little") + 8 == len(made)


# ------------------------------------------------------------------ what is refused
GIF = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<?xml version='1.0'?><svg/>",
        b"<!doctype html><script>alert(1)</script>",
        b"%PDF-1.7",
        GIF,
        GIF + b"<script>alert(1)</script>",
        zipped(),
        zipped() + saved(corners(), "JPEG"),
        saved(corners(), "BMP"),
        saved(corners(), "TIFF"),
        saved(corners(), "ICO"),
        saved(corners(), "JPEG2000"),
        saved(corners(), "PPM"),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
        b"\0",
        b"\xff\xd8",
        b"\xff\xd8\xff\xd9",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\x04\0\0\0WEBP",
        b"RIFF\x0c\0\0\0WEBPVP8X",
        b" " * 1000,
    ],
)
def test_other_files_are_refused_whatever_their_name(content):
    assert_refused(content, "format")


def test_an_empty_file_is_refused():
    assert_refused(b"", "empty")


def test_the_limit_of_bytes():
    content = saved(corners(), "JPEG")
    encode(content + bytes(MOST_BYTES - len(content)))
    assert_refused(content + bytes(MOST_BYTES - len(content) + 1), "bytes")


@pytest.fixture
def no_decoding(monkeypatch):
    def load(self):
        raise AssertionError("decoded")

    monkeypatch.setattr(ImageFile.ImageFile, "load", load)


def png_chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_header(width, height):
    """A PNG that says how large it is, and has no pixels."""
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0))
        + png_chunk(b"IDAT", zlib.compress(b""))
        + png_chunk(b"IEND", b"")
    )


@pytest.mark.usefixtures("no_decoding")
@pytest.mark.parametrize(
    "content",
    [
        png_header(6001, 4000),
        png_header(24_000_001, 1),
        png_header(13_000, 13_000),
        png_header(20_000, 20_000),
        png_header(2**31 - 1, 2**31 - 1),
        saved(Image.new("RGB", (6001, 4000)), "JPEG"),
        saved(Image.new("RGB", (6001, 4000)), "WEBP", method=0, quality=0),
        saved(Image.new("1", (13_000, 13_000)), "PNG"),
    ],
    ids=["just more", "long", "bomb", "large bomb", "largest", "jpeg", "webp", "1 bit"],
)
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_too_many_pixels_are_refused_before_decoding(content):
    assert_refused(content, "pixels")


@pytest.mark.filterwarnings("error::PIL.Image.DecompressionBombWarning")
def test_too_many_pixels_are_refused_where_warnings_are_errors():
    assert_refused(png_header(13_000, 13_000), "pixels")


def animated(kind, frames=2):
    first, *others = [Image.new("RGB", (64, 32), (90 * n, 0, 0)) for n in range(frames)]
    return saved(first, kind, save_all=True, append_images=others, duration=100)


@pytest.mark.usefixtures("no_decoding")
@pytest.mark.parametrize(
    "content",
    [
        animated("PNG"),
        animated("WEBP"),
        animated("WEBP", 3),
        saved(
            Image.new("RGB", (64, 32), RED),
            "PNG",
            save_all=True,
            default_image=True,
            append_images=[Image.new("RGB", (64, 32), BLUE)],
        ),
    ],
    ids=["png", "webp", "three", "png with a still"],
)
def test_moving_pictures_are_refused_before_decoding(content):
    assert_refused(content, "frames")


@pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
@pytest.mark.parametrize(
    ("kind", "options"), [("JPEG", {}), ("JPEG", {"progressive": True}), ("PNG", {}), ("WEBP", {})]
)
def test_a_broken_off_file_is_refused(kind, options, share):
    content = saved(photograph((600, 400)), kind, **options)
    with pytest.raises(ValidationError) as refusal:
        encode(content[: int(len(content) * share)])
    assert refusal.value.code in ("broken", "format")  # WebP says its length at the beginning


def many_scans(count):
    """A progressive JPEG whose last scan is there again and again: little to send, much to do."""
    content = saved(Image.new("L", (64, 64), 128), "JPEG", progressive=True)
    last = content.rindex(b"\xff\xda")
    return content[:-2] + content[last:-2] * count + b"\xff\xd9"


@pytest.mark.usefixtures("no_decoding")
def test_a_jpeg_of_endless_scans_is_refused_before_decoding():
    content = many_scans(100_000)
    assert len(content) < MOST_BYTES
    assert_refused(content, "scans")


def test_a_jpeg_of_many_scans_is_accepted():
    assert encode(many_scans(50)).width == 64


@pytest.mark.parametrize("chunk", [b"IDAT", b"IEND"])
def test_notes_that_grow_when_they_are_read_are_refused(chunk):
    """100 MB of text in 100 kB, before the pixels or behind them."""
    notes = png_chunk(b"zTXt", b"note\0\0" + zlib.compress(bytes(100_000_000)))
    content = saved(corners(), "PNG")
    at = content.index(chunk) - 4
    with pytest.raises(ValidationError) as refusal:
        encode(content[:at] + notes + content[at:])
    assert refusal.value.code == ("format" if chunk == b"IDAT" else "broken")


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_whatever_is_damaged_gives_a_picture_or_a_sentence(kind):
    chance = random.Random(kind)
    content = with_notes(kind)
    small = saved(corners(), kind, exif=Image.open(io.BytesIO(content)).getexif())
    outcomes = set()
    for _ in range(300):
        damaged = bytearray(small)
        for _ in range(chance.randint(1, 8)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            encode(bytes(damaged))
            outcomes.add("made")
        except ValidationError as refusal:
            outcomes.add(refusal.code)
    assert outcomes & {"broken", "format"}
    assert "made" in outcomes


def test_the_sentence_follows_the_language_of_the_page():
    with pytest.raises(ValidationError) as refusal:
        encode(b"")
    spoken = {}
    for language in ("it", "en"):
        with override(language):
            [spoken[language]] = refusal.value.messages
    assert spoken["en"] == (
        "The file is empty. "
        "Accepted are JPEG, PNG and WebP pictures of at most 10 MB and 24 megapixels."
    )
    assert spoken["it"].startswith("Il file è vuoto.")


# ------------------------------------------------------------------ what it costs
MEASURE = """
import re, sys
from django.conf import settings
settings.configure(USE_I18N=False)
from PIL import Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin
from directory.pictures import check_and_encode

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) // 1024

before = peak()
try:
    check_and_encode(open(sys.argv[1], "rb"))
except Exception as error:
    print(error.code, file=sys.stderr)
print(peak() - before)
"""


@pytest.mark.parametrize(
    ("kind", "mode", "size", "most"),
    [
        ("JPEG", "RGB", (6000, 4000), 160),
        ("PNG", "RGBA", (6000, 4000), 180),
        ("PNG", "P", (6000, 4000), 120),
        ("WEBP", "RGB", (6000, 4000), 450),
        ("PNG", "1", (13_000, 13_000), 10),
    ],
)
def test_memory_is_bounded(tmp_path, kind, mode, size, most):
    """In MB, above what the process takes before. The bomb took 826 MB in Pillow's hands."""
    path = tmp_path / "upload"
    fast = {"method": 0} if kind == "WEBP" else {"compress_level": 1} if kind == "PNG" else {}
    Image.new(mode, size).save(path, kind, **fast)
    measured = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", MEASURE, path],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(measured.stdout) <= most
    assert measured.stderr == ("pixels\n" if size[0] > 6000 else "")


def test_one_picture_is_decoded_at_a_time(monkeypatch):
    inside, most = [], []

    def slowly(content):
        inside.append(content)
        most.append(len(inside))
        time.sleep(0.02)
        inside.pop()
        return Image.new("RGB", (1, 1))

    monkeypatch.setattr(pictures, "_decoded", slowly)
    threads = [threading.Thread(target=encode, args=(b"x",)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1, 1, 1, 1]


# ------------------------------------------------------------------ the files
@pytest.fixture
def storage(tmp_path):
    return AtomicFileSystemStorage(location=tmp_path, base_url="/media/")


def names_in(folder):
    return sorted(
        path.relative_to(folder).as_posix() for path in Path(folder).rglob("*") if path.is_file()
    )


def test_names_are_random_and_say_nothing():
    names = {new_name(800) for _ in range(100)}
    assert len(names) == 100
    assert all(FILE_NAME.fullmatch(name) for name in names)


@pytest.mark.parametrize(
    "name",
    [
        "pictures/cd/" + "ab" * 16 + "-400.webp",
        "pictures/ab/" + "ab" * 17 + "-400.webp",
        "pictures/ab/" + "ab" * 16 + "-0.webp",
        "pictures/ab/" + "ab" * 16 + "-0400.webp",
        "pictures/ab/" + "ab" * 16 + "-٤.webp",
        "pictures/ab/" + "ab" * 16 + ".webp",
        "pictures/ab/" + "ab" * 16 + "-400.webp.part",
    ],
)
def test_other_names_are_not_ours(name):
    assert not FILE_NAME.fullmatch(name)


def test_all_widths_share_a_stem_and_are_deleted_together(storage):
    stored = store(encode(saved(photograph(), "JPEG")), storage=storage)
    assert (stored.width, stored.height, stored.widths) == (1200, 900, [400, 800, 1200])
    stem = stored.name.removesuffix("-1200.webp")
    names = [f"{stem}-1200.webp", f"{stem}-400.webp", f"{stem}-800.webp"]
    assert names_in(storage.location) == names
    assert sources(stored.name, stored.widths, storage) == [
        (f"/media/{stem}-400.webp", 400),
        (f"/media/{stem}-800.webp", 800),
        (f"/media/{stem}-1200.webp", 1200),
    ]
    for url, width in sources(stored.name, stored.widths, storage):
        file = storage.open(url.removeprefix("/media/"))
        assert Image.open(file).width == width
        file.close()
    delete_files(stored.name, stored.widths, storage)
    assert names_in(storage.location) == []
    delete_files(stored.name, stored.widths, storage)


def test_all_files_are_written_or_none(storage, monkeypatch):
    encoded = encode(saved(photograph(), "JPEG"))
    save = storage.save

    def until_the_disk_is_full(name, content):
        if name.endswith("-1200.webp"):
            raise OSError(28, "No space left on device")
        return save(name, content)

    monkeypatch.setattr(storage, "save", until_the_disk_is_full)
    with pytest.raises(OSError, match="No space left"):
        store(encoded, storage=storage)
    assert names_in(storage.location) == []
