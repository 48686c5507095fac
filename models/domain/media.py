"""Files: what one is, by what it holds and never by what somebody called it; how large it may be; what it is named.

An allow-list: whatever is not on it is not taken. A name is only a label: cleaned, and with the ending its content has.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from models.domain.errors import Invalid

MIB: Final = 1024 * 1024
LARGEST: Final = 20 * MIB
"""Bytes of one file, both ways: what a bot can fetch from Telegram."""
LARGEST_PHOTO: Final = 10 * MIB
"""Bytes of what Telegram takes as a picture; a larger one goes as a document."""
PIECE: Final = 256 * 1024
"""Bytes of one stored piece."""
LONGEST_NAME: Final = 100
MOST_FILES: Final = 5
"""Files of one reply."""
FILED: Final = frozenset({"voice", "audio", "video", "video_note", "photo", "animation", "document"})
"""The kinds of message that bring a file."""
SPOKEN: Final = frozenset({"voice", "audio", "video", "video_note"})
"""The kinds in which something may be said that nobody can see: always treated as if it might be urgent."""
LEASE: Final = timedelta(minutes=3)
"""How long somebody who fetches a file has it alone."""
_TRIES_FOR_GONE: Final = 3
_TRY_FOR: Final = timedelta(days=3)

#: Everything that can be kept: the ending its content gives a name, and what it is to a reader.
_KNOWN: Final = MappingProxyType(
    {
        "image/jpeg": (".jpg", "photo"),
        "image/png": (".png", "photo"),
        "image/webp": (".webp", "photo"),
        "image/gif": (".gif", "photo"),
        "audio/ogg": (".ogg", "audio"),
        "audio/mpeg": (".mp3", "audio"),
        "audio/mp4": (".m4a", "audio"),
        "audio/webm": (".webm", "audio"),
        "video/mp4": (".mp4", "video"),
        "video/webm": (".webm", "video"),
        "application/pdf": (".pdf", "document"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx", "document"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx", "document"),
        "application/vnd.oasis.opendocument.text": (".odt", "document"),
        "text/plain": (".txt", "document"),
    }
)
MIMES: Final = frozenset(_KNOWN)
"""The content types a file may ever be served with."""
PICTURES: Final = frozenset(mime for mime, (_, kind) in _KNOWN.items() if kind == "photo")
"""What is drawn anew before it is kept, so that nothing of it says where it was taken."""

_OFFICE: Final = (
    (b"word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
)
_ODT: Final = b"mimetypeapplication/vnd.oasis.opendocument.text"
#: Brands of MP4 that hold a still picture we cannot draw anew.
_STILL: Final = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"})
_HANDLER: Final = re.compile(rb"hdlr.{8}(vide|soun)", re.DOTALL)
#: What a name or a declared type says so plainly that nobody need fetch it to know: programs, pages, archives, macros,
#: and pictures that cannot be drawn anew.
_NEVER_NAMED: Final = frozenset(
    {
        "7z", "apk", "app", "bat", "cmd", "com", "dmg", "docm", "exe", "gz", "heic", "heif", "htm", "html",
        "iso", "jar", "js", "lnk", "msi", "pkg", "pptm", "ps1", "rar", "scr", "sh", "svg", "tar", "tgz", "vbs",
        "wsf", "xlsm", "zip",
    }
)  # fmt: skip
_NEVER_DECLARED: Final = frozenset(
    {
        "application/gzip", "application/java-archive", "application/javascript",
        "application/vnd.android.package-archive", "application/vnd.rar", "application/x-7z-compressed",
        "application/x-msdos-program", "application/x-msdownload", "application/x-tar", "application/zip",
        "image/heic", "image/heif", "image/svg+xml", "text/html", "text/javascript",
    }
)  # fmt: skip
_MARKUP: Final = re.compile(r"\s*<[!?/a-z]", re.IGNORECASE)
_NOT_IN_NAMES: Final = re.compile(r"""[<>:"/\\|?*\x00-\x1f\x7f]""")
#: What tells of places and devices in a film: emptied where it stands, so that nothing moves.
_TELLING: Final = frozenset({b"udta", b"meta", b"uuid"})
_BOXES: Final = frozenset({b"moov", b"trak"})


@dataclass(frozen=True, slots=True)
class Found:
    """What a file is. `kind`: photo, audio, video or document."""

    mime: str
    kind: str
    ending: str


def look(content: bytes) -> Found:
    """What a file is by its content. Raises Invalid ("file_empty", "file_too_big", "file_type") on field "file"."""
    if not content:
        raise Invalid("file_empty", "file")
    if len(content) > LARGEST:
        raise Invalid("file_too_big", "file")
    mime = _mime(content)
    if mime is None:
        raise Invalid("file_type", "file")
    ending, kind = _KNOWN[mime]
    return Found(mime, kind, ending)


def refused_unseen(name: str, declared: str, size: int) -> str:
    """Why a file need not even be fetched, as `look` would say it: "file_too_big" or "file_type"; "" when only its
    content can tell. Nothing is ever taken because of what it says it is.
    """
    if size > LARGEST:
        return "file_too_big"
    ending = name.rstrip(". ").rpartition(".")[2].lower() if "." in name else ""
    declared = declared.partition(";")[0].strip().lower()
    return "file_type" if ending in _NEVER_NAMED or declared in _NEVER_DECLARED else ""


def kind_of(mime: str) -> str:
    """What a kept content type is to a reader: photo, audio, video or document."""
    return _KNOWN[mime][1]


def ending_of(mime: str) -> str:
    """The ending of a kept content type, without its dot."""
    return _KNOWN[mime][0][1:]


def try_again(created_at: datetime, now: datetime, tries: int, *, gone: bool) -> datetime | None:
    """When a file that could not be fetched is tried next; None when it is lost. `gone`: the server says so, not the
    line. After 5 s, 10 s, 20 s …, at most a quarter of an hour apart, for three days; what is gone, three times.
    """
    if now >= created_at + _TRY_FOR or (gone and tries >= _TRIES_FOR_GONE):
        return None
    return now + min(timedelta(seconds=5 * 2 ** min(tries - 1, 10)), timedelta(minutes=15))


def clean_name(name: str, mime: str) -> str:
    """A name that can do no harm: no folders, nothing invisible or reordering, at most 100 code points, and the ending
    that belongs to the content. Without anything left it is named after what it is.
    """
    name = name.replace("\\", "/").rpartition("/")[2]
    name = unicodedata.normalize("NFC", name)
    name = "".join(
        c if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} else " " for c in name
    )
    name = " ".join(_NOT_IN_NAMES.sub(" ", name).split()).strip(". ")
    ending, kind = _KNOWN[mime]
    stem, dot, last = name.rpartition(".")
    if dot and stem and len(last) <= 5 and last.isascii() and last.isalnum():
        name = stem.rstrip(". ")
    return (name[: LONGEST_NAME - len(ending)].rstrip(". ") or kind) + ending


def quiet(content: bytes, mime: str) -> bytes:
    """A film or sound without what says where and with what it was made. Nothing else of it changes."""
    if mime not in {"video/mp4", "audio/mp4"}:
        return content
    emptied = bytearray(content)
    _empty(emptied, 0, len(emptied))
    return bytes(emptied)


def _empty(data: bytearray, start: int, end: int) -> None:
    """Turn every telling box between two places into free space of the same length."""
    place = start
    while place + 8 <= end:
        size, head = int.from_bytes(data[place : place + 4], "big"), 8
        kind = bytes(data[place + 4 : place + 8])
        if size == 1 and place + 16 <= end:
            size, head = int.from_bytes(data[place + 8 : place + 16], "big"), 16
        elif size == 0:
            size = end - place
        if size < head or place + size > end:
            return
        if kind in _TELLING:
            data[place + 4 : place + 8] = b"free"
            data[place + head : place + size] = bytes(size - head)
        elif kind in _BOXES:
            _empty(data, place + head, place + size)
        place += size


def _mime(content: bytes) -> str | None:
    head = content[:64]
    for magic, mime in (
        (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"), (b"%PDF-", "application/pdf"), (b"ID3", "audio/mpeg"),
    ):  # fmt: skip
        if head.startswith(magic):
            return mime
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[:4] == b"OggS":
        return "audio/ogg" if b"OpusHead" in head or b"\x01vorbis" in head else None
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return _webm(content)
    if head[4:8] == b"ftyp":
        return _mp4(content)
    if head[:4] == b"PK\x03\x04":
        return _zipped(content)
    if len(head) > 3 and head[0] == 0xFF and head[1] in {0xFB, 0xFA, 0xF3, 0xF2}:
        return "audio/mpeg"
    return "text/plain" if _is_text(content) else None


def _webm(content: bytes) -> str | None:
    head = content[:8192]
    if b"webm" not in head[:64]:
        return None
    return "video/webm" if b"V_VP" in head or b"V_AV1" in head else "audio/webm"


def _mp4(content: bytes) -> str | None:
    if content[8:12] in _STILL:
        return None
    handlers = set(_HANDLER.findall(content))
    if content[8:11] == b"M4A" or handlers == {b"soun"}:
        return "audio/mp4"
    return "video/mp4" if b"vide" in handlers else None


def _zipped(content: bytes) -> str | None:
    """An office document without macros; only its table of contents is read, nothing is unpacked."""
    if content[30 : 30 + len(_ODT)] == _ODT:
        return "application/vnd.oasis.opendocument.text"
    names = set(_zip_names(content))
    if b"[Content_Types].xml" not in names or any(name.lower().endswith(b"vbaproject.bin") for name in names):
        return None
    return next((mime for part, mime in _OFFICE if part in names), None)


def _zip_names(content: bytes) -> Iterator[bytes]:
    """The names in the table of contents at the end of a zip; none where there is no such table."""
    end = content.rfind(b"PK\x05\x06", max(0, len(content) - 65557))
    if end < 0 or len(content) < end + 22:
        return
    place = int.from_bytes(content[end + 16 : end + 20], "little")
    while content[place : place + 4] == b"PK\x01\x02" and place < end:
        name, extra, comment = (int.from_bytes(content[place + at : place + at + 2], "little") for at in (28, 30, 32))
        yield content[place + 46 : place + 46 + name]
        place += 46 + name + extra + comment


def _is_text(content: bytes) -> bool:
    """Words, and nothing a browser or an office program would run."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    if any(c < " " and c not in "\t\n\r\f" for c in text) or "\x7f" in text:
        return False
    return not _MARKUP.match(text) and not text.startswith(("{\\rtf", "#!"))
