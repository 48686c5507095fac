"""Files for the tests: small, real where a program must open them, and with a place on earth hidden in each picture."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Final

from PIL import Image

#: What must never be found again in anything that is kept.
MAKER: Final = "KanarieKamera"
_GPS: Final = {1: "N", 2: (56.0, 27.0, 36.36), 3: "E", 4: (10.0, 2.0, 10.32)}


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), *, turned: bool = False) -> bytes:
    """A picture that says where and with what it was taken. `turned`: lying on its side, as phones keep them."""
    drawn = Image.new("RGB", size, (40, 120, 90))
    drawn.paste((220, 60, 60), (0, 0, size[0] // 4, size[1] // 4))
    exif = Image.Exif()
    exif[0x010F] = MAKER
    exif.get_ifd(0x8825).update(_GPS)
    if turned:
        exif[0x0112] = 6
    made = BytesIO()
    if kind == "GIF":
        other = Image.new("RGB", size, (10, 10, 200))
        drawn.save(made, "GIF", save_all=True, append_images=[other], duration=80, comment=MAKER.encode())
    else:
        drawn.save(made, kind, exif=exif.tobytes(), comment=MAKER)
    return made.getvalue()


def voice(seconds: int = 3) -> bytes:
    """The beginning of an Ogg stream of Opus, as Telegram sends voice messages."""
    return b"OggS\x00\x02" + bytes(20) + b"\x01\x13OpusHead\x01\x01" + bytes(64) + b"stemme" * 40 * seconds


def box(kind: bytes, content: bytes) -> bytes:
    """A box of MP4."""
    return (len(content) + 8).to_bytes(4, "big") + kind + content


def film(*, sound_only: bool = False) -> bytes:
    """A film (or sound) of MP4 that says where and with what it was taken; no player could show it."""
    told = box(b"udta", box(b"\xa9xyz", b"+56.4601+010.0362/" + MAKER.encode()))
    meta = box(b"meta", box(b"keys", b"com.apple.quicktime.location.ISO6709" + MAKER.encode()))
    handler = box(b"hdlr", bytes(8) + (b"soun" if sound_only else b"vide") + bytes(13))
    track = box(b"trak", box(b"mdia", handler) + told)
    return (
        box(b"ftyp", (b"M4A " if sound_only else b"isom") + bytes(8))
        + box(b"moov", track + told + meta)
        + box(b"mdat", b"lyd og billede" * 20)
    )


def office(kind: str = "docx", *, macro: bool = False) -> bytes:
    """An office document (docx, xlsx, odt), or an ordinary zip."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        if kind == "odt":
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        if kind in {"docx", "xlsx"}:
            archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr({"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}.get(kind, "content.xml"), "<x/>")
        if macro:
            archive.writestr("word/vbaProject.bin", "Sub AutoOpen()")
    return made.getvalue()


PDF: Final = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
