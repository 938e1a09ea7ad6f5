"""A picture's shape, and the picture made smaller for screens that need no more of it."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from broadsheet.metadata import kind_of, without_metadata
from broadsheet.model import MediaFile

# Pillow takes longer to load than a build without changes takes, so it is loaded when first needed.
if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

PIXELS = 60_000_000
"""The most of a picture that is made smaller. More is a bomb, or nothing that a page should show."""

FORMATS: Mapping[str, Mapping[str, Any]] = {
    # One thread: several divide a picture otherwise, and the bytes would be those of the machine.
    "avif": {"quality": 60, "speed": 6, "max_threads": 1, "autotiling": False},
    "webp": {"quality": 75, "method": 4, "use_sharp_yuv": True},
    "jpeg": {"quality": 80, "optimize": True, "progressive": True},
    "png": {"optimize": True},
}
"""What pictures can be made into, and how each is written."""

_PLUGINS = {"avif": "Avif", "gif": "Gif", "jpeg": "Jpeg", "png": "Png", "webp": "WebP"}
_LONGEST = 16_383
"""WebP has no longer side."""
_MOST_SCANS = 100
"""A JPEG of a few bytes can make its reader go over all its pixels for each scan; cameras and tools write ten."""
_NEAR = 0.9
_BYTES_A_PIXEL = 0.05
"""About what a pixel of a size costs: the middle of drawings in few colours; photographs cost twice as much."""
_ORIENTATION = 0x0112


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Pixels as shown, with orientation applied; 0 where nothing can be read. `scalable`: still, and of fair size."""

    width: int = 0
    height: int = 0
    scalable: bool = False


def shape(data: bytes) -> Shape:
    """The shape of a picture without metadata, by its header: what stands behind it may be broken all the same."""
    try:
        image = _opened(data)
        still = not _animated(image)
    except ValueError:
        return Shape()
    width, height = _upright(image.size, _orientation(image))
    return Shape(width=width, height=height, scalable=still and not _reason_against(image, data))


def widths(file: MediaFile, wanted: Sequence[int], format: str) -> tuple[int, ...]:
    """Which of the wanted widths to make of a picture, narrow to wide.

    None that is wider or nearly as wide, but its own where a wider is wanted and the format is not its own. And none
    that would have more bytes than the whole: a drawing of few colours is often smaller than any size made of it.
    """
    if not file.scalable:
        return ()
    smaller = {one for one in wanted if 0 < one < _NEAR * file.width}
    own = {file.width} if len(smaller) < len(set(wanted)) and file.type != f"image/{format}" else set()
    cost = _BYTES_A_PIXEL * file.height / file.width
    return tuple(sorted(one for one in smaller | own if cost * one * one < file.size))


def scaled(data: bytes, *, width: int, format: str) -> bytes:
    """A picture `width` pixels wide, or as wide as it is if that is less, in one of FORMATS.

    Upright, in sRGB, and without metadata; transparent where it was, in JPEG white there. Raises ValueError that
    says why a picture cannot be made smaller.
    """
    data = without_metadata(data)
    image = _opened(data)
    if reason := _reason_against(image, data):
        raise ValueError(reason)
    orientation = _orientation(image)
    across, down = _upright(image.size, orientation)
    wide = min(width, across)
    size = _upright((wide, max(1, round(down * wide / across))), orientation)
    small = _resized(_loaded(image, size), size)
    return _encoded(_turned(_in_srgb(small, image.info.get("icc_profile")), orientation), format)


@cache
def engine() -> str:
    """What the bytes that `scaled` makes depend on besides the picture: versions of libraries, and settings."""
    from PIL import __version__, features

    codecs = ("avif", "webp", "libjpeg_turbo", "zlib_ng", "zlib", "littlecms2")
    return "; ".join((__version__, *(f"{name} {features.version(name)}" for name in codecs), repr(FORMATS)))


# Reading --------------------------------------------------------------------------------------------


@contextmanager
def _reading() -> Iterator[None]:
    """Whatever Pillow comes to with a broken picture becomes ValueError."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except Exception as error:  # decoders of five formats, and no class is common to what they raise
            raise ValueError(f"cannot be read as a picture; it may be cut short or damaged ({error})") from error


def _opened(data: bytes) -> ImageFile:
    """A picture with its header read, by its own plugin: Pillow's `open` loads those of all formats to ask them."""
    kind = kind_of(data)
    if not kind:
        raise ValueError("is no picture that browsers show: JPEG, PNG, WebP, AVIF or GIF")
    name = _PLUGINS[kind]
    with _reading():
        opened: ImageFile = getattr(import_module(f"PIL.{name}ImagePlugin"), f"{name}ImageFile")(io.BytesIO(data))
        return opened


def _animated(image: ImageFile) -> bool:
    with _reading():
        return bool(getattr(image, "is_animated", False))


def _reason_against(image: ImageFile, data: bytes) -> str:
    """Why a picture should not be decoded, in words; "" where it may be."""
    width, height = image.size
    if width * height > PIXELS:
        return f"has {width} x {height} pixels; {PIXELS // 1_000_000} million are the most that are made smaller"
    if max(width, height) > _LONGEST:
        return f"has {width} x {height} pixels; no side may be longer than {_LONGEST} to be made smaller"
    if image.format == "JPEG" and data.count(b"\xff\xda") > _MOST_SCANS:
        return f"has more than {_MOST_SCANS} scans, which no camera and no tool writes"
    return ""


def _loaded(image: ImageFile, size: tuple[int, int]) -> ImageFile:
    with _reading():
        # A JPEG can be decoded at a half, a quarter or an eighth of its size, in a part of the time.
        image.draft(None, (2 * size[0], 2 * size[1]))
        image.load()
        return image


# Orientation ----------------------------------------------------------------------------------------


def _orientation(image: ImageFile) -> int:
    from PIL.Image import Exif

    exif = Exif()
    exif.load(image.info.get("exif", b""))
    return int(exif.get(_ORIENTATION, 1))


def _upright(size: tuple[int, int], orientation: int) -> tuple[int, int]:
    return size[::-1] if orientation > 4 else size


def _turned(image: Image, orientation: int) -> Image:
    from PIL.Image import Transpose

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT, 3: Transpose.ROTATE_180, 4: Transpose.FLIP_TOP_BOTTOM, 5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270, 7: Transpose.TRANSVERSE, 8: Transpose.ROTATE_90,
    }  # fmt: skip
    return image.transpose(turns[orientation]) if orientation in turns else image


# Size and colour ------------------------------------------------------------------------------------


def _resized(image: Image, size: tuple[int, int]) -> Image:
    from PIL.Image import Resampling

    return _plain(image).resize(size, Resampling.LANCZOS, reducing_gap=3.0)


def _plain(image: Image) -> Image:
    """In a mode of eight bits and no palette, whose pixels can be mixed."""
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode in ("L", "RGB", "CMYK", "LAB"):
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _in_srgb(image: Image, profile: bytes | None) -> Image:
    """Pixels in the colours of the web, by the picture's own profile where it has one that can be read."""
    from PIL import ImageCms

    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    plain = image.convert("RGB") if alpha else image
    if profile:
        with suppress(ImageCms.PyCMSError, OSError):
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            plain = ImageCms.profileToProfile(plain, own, ImageCms.createProfile("sRGB"), outputMode="RGB") or plain
    if plain.mode not in ("L", "RGB"):
        plain = plain.convert("RGB")
    if alpha:
        plain.putalpha(alpha)
    return plain


# Writing --------------------------------------------------------------------------------------------


def _encoded(image: Image, format: str) -> bytes:
    if format == "jpeg" and image.mode == "RGBA":
        image = _on_white(image)
    # Pillow writes some of what a picture was read with by itself.
    image.info = {}
    import_module(f"PIL.{_PLUGINS[format]}ImagePlugin")
    file = io.BytesIO()
    image.save(file, format, **FORMATS[format])
    return file.getvalue()


def _on_white(image: Image) -> Image:
    from PIL.Image import new

    white = new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return white
