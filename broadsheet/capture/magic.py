"""The first bytes of a file to what it is, where it is no text."""

from __future__ import annotations

PICTURES = (
    ("image/png", b"\x89PNG\r\n\x1a\n"),
    ("image/jpeg", b"\xff\xd8\xff"),
    ("image/gif", b"GIF87a"),
    ("image/gif", b"GIF89a"),
)
AVIF_BRANDS = (b"avif", b"avis", b"mif1")

FORMATS = (
    ("a PDF", b"%PDF-"),
    ("a ZIP archive (or an office document, an EPUB)", b"PK\x03\x04"),
    ("an empty ZIP archive", b"PK\x05\x06"),
    ("compressed with gzip", b"\x1f\x8b"),
    ("compressed with bzip2", b"BZh"),
    ("compressed with xz", b"\xfd7zXZ\x00"),
    ("compressed with Zstandard", b"\x28\xb5\x2f\xfd"),
    ("a 7z archive", b"7z\xbc\xaf\x27\x1c"),
    ("a RAR archive", b"Rar!\x1a\x07"),
    ("an old office document", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ("a Safari web archive", b"bplist00"),
    ("a rich text document", b"{\\rtf"),
    ("PostScript", b"%!PS-"),
    ("a program", b"\x7fELF"),
    ("a program", b"\xca\xfe\xba\xbe"),
    ("a program", b"\xcf\xfa\xed\xfe"),
    ("a program", b"\x00asm"),
    ("a database", b"SQLite format 3\x00"),
    ("a font", b"wOFF"),
    ("a font", b"wOF2"),
    ("a font", b"OTTO\x00"),
    ("an icon", b"\x00\x00\x01\x00"),
    ("a picture (TIFF)", b"II*\x00"),
    ("a picture (TIFF)", b"MM\x00*"),
    ("a sound", b"ID3"),
    ("a sound", b"OggS"),
    ("a sound", b"fLaC"),
    ("a film", b"\x1aE\xdf\xa3"),
)


def picture_type(data: bytes) -> str:
    """The media type of a picture that can be shown; "" for everything else."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp" and data[8:12] in AVIF_BRANDS:
        return "image/avif"
    return next((kind for kind, start in PICTURES if data.startswith(start)), "")


def format_name(data: bytes) -> str:
    """What a file is, for a sentence: "a PDF"; "" where its first bytes do not tell."""
    if kind := picture_type(data):
        return f"a picture ({kind.removeprefix('image/').upper()})"
    if data[:4] == b"RIFF" or data[4:8] == b"ftyp":
        return "a film or a sound"
    return next((name for name, start in FORMATS if data.startswith(start)), "")
