"""Files that the bot or a person sends: kept sealed, found again by file id, fetched by a link of one hour."""

from __future__ import annotations

import re
import secrets
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.webchat import limits
from bot.webchat.errors import WRONG_FILE, bad_request
from bot.webchat.params import Params, Upload
from bot.webchat.store import Store

# How sounds, films and PDFs begin. A name without a slash: a box for either sounds or films.
_STARTS = (
    (b"OggS", 0, "ogg"),
    (b"\x1aE\xdf\xa3", 0, "webm"),
    (b"ftyp", 4, "mp4"),
    (b"ID3", 0, "audio/mpeg"),
    (b"\xff\xfb", 0, "audio/mpeg"),
    (b"\xff\xf1", 0, "audio/aac"),
    (b"WAVE", 8, "audio/wav"),
    (b"%PDF-", 0, "application/pdf"),
)
_FILE_ID = re.compile(r"[A-Za-z0-9_-]{20,128}")


@dataclass(frozen=True, slots=True)
class Stored:
    """A kept file and its content."""

    file_id: str
    unique_id: str
    user_id: int
    kind: str
    facts: dict[str, Any]
    content: bytes


class Files:
    """Rows of `file`, and the links to them. A file belongs to the chat it was sent to and is erased with it."""

    def __init__(self, store: Store, now: Callable[[], float]) -> None:
        self._store = store
        self._now = now
        self._links: dict[str, tuple[str, float]] = {}

    def given(self, params: Params, kind: str) -> Upload:
        """The file of a call: uploaded, or one of ours by its id. Raises Telegram's 400s."""
        upload = params.upload(kind)
        if upload is None:
            reference = params.text(kind)
            if not reference:
                raise bad_request(f"There is no {kind} in the request")
            if reference.startswith(("http://", "https://")):
                raise bad_request("failed to get HTTP URL content")
            stored = self.get(reference)
            if stored is None or stored.kind != kind:
                raise bad_request(WRONG_FILE)
            upload = Upload(stored.facts["name"], stored.facts["mime"], stored.content)
        if not upload.content:
            raise bad_request("file must be non-empty")
        if len(upload.content) > (limits.PHOTO_BYTES if kind == "photo" else limits.UPLOAD_BYTES):
            raise bad_request("file is too big")
        return upload

    def facts(self, upload: Upload, kind: str) -> dict[str, Any]:
        """What a message says of the file; a photo must be an image."""
        facts: dict[str, Any] = {"name": upload.name, "mime": upload.mime, "size": len(upload.content)}
        if kind == "photo":
            image = image_size(upload.content)
            if image is None:
                raise bad_request("IMAGE_PROCESS_FAILED")
            mime, width, height = image
            if not _is_for_a_photo(width, height):
                raise bad_request("PHOTO_INVALID_DIMENSIONS")
            facts |= {"mime": mime, "width": width, "height": height}
        return facts

    def keep(
        self, user_id: int, kind: str, facts: dict[str, Any], content: bytes, *, mine: bool = False
    ) -> dict[str, Any]:
        """Keeps a file for a chat; the facts with its ids. `mine`: the person sent it. Inside a transaction."""
        file_id, unique_id = f"HW{secrets.token_urlsafe(30)}", secrets.token_urlsafe(12)
        self._store.run(
            "INSERT INTO file (file_id, unique_id, user_id, kind, size, facts, content, mine)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            *(file_id, unique_id, user_id, kind, len(content)),
            self._store.seal_json(user_id, "file", file_id, "facts", facts),
            self._store.seal(user_id, "file", file_id, "content", content),
            mine,
        )
        return {**facts, "file_id": file_id, "unique_id": unique_id}

    def kept_of(self, user_id: int) -> int:
        """How many bytes a person has sent that are still here."""
        row = self._store.row("SELECT coalesce(sum(size), 0) AS n FROM file WHERE user_id = ? AND mine", user_id)
        return 0 if row is None else int(row["n"])

    def get(self, file_id: str) -> Stored | None:
        """The file, or None."""
        if not _FILE_ID.fullmatch(file_id):
            return None
        row = self._store.row("SELECT * FROM file WHERE file_id = ?", file_id)
        if row is None:
            return None
        user_id = row["user_id"]
        facts = self._store.unseal_json(user_id, "file", file_id, "facts", row["facts"])
        content = self._store.unseal(user_id, "file", file_id, "content", row["content"])
        return Stored(file_id, row["unique_id"], user_id, row["kind"], facts, content)

    def link(self, file_id: str) -> dict[str, Any]:
        """The File object of `getFile`, with a path that works for an hour."""
        stored = self.get(file_id)
        if stored is None:
            raise bad_request("invalid file_id")
        if len(stored.content) > limits.DOWNLOAD_BYTES:
            raise bad_request("file is too big")
        now = self._now()
        self._links = {path: link for path, link in self._links.items() if link[1] > now}
        path = f"{stored.kind}s/file_{secrets.token_urlsafe(12)}"
        self._links[path] = (file_id, now + limits.FILE_LINK_LIVES)
        return {
            "file_id": file_id,
            "file_unique_id": stored.unique_id,
            "file_size": len(stored.content),
            "file_path": path,
        }

    def by_path(self, path: str) -> Stored | None:
        """The file behind such a path, while it works."""
        file_id, ends = self._links.get(path, ("", 0.0))
        return self.get(file_id) if ends > self._now() else None


def sorted_out(upload: Upload, wish: str, told: dict[str, int]) -> tuple[str, dict[str, Any]]:
    """What a person's file is, by its content and not by its name: photo, voice, audio, video or document; its facts.

    `told` is what the page knows of it: seconds, width, height.
    """
    facts: dict[str, Any] = {"name": upload.name, "mime": _mime(upload), "size": len(upload.content)}
    image = image_size(upload.content)
    if wish == "photo" and image and len(upload.content) <= limits.PHOTO_BYTES and _is_for_a_photo(*image[1:]):
        return "photo", facts | {"width": image[1], "height": image[2]}
    family = facts["mime"].partition("/")[0]
    if family == "audio":
        kind = "voice" if wish == "voice" else "audio"
        return kind, facts | {"kind": kind, "seconds": told["seconds"]}
    if family == "video":
        return "video", facts | {"kind": "video", **told}
    return "document", facts | {"kind": "document"}


def _is_for_a_photo(width: int, height: int) -> bool:
    return width + height <= 10_000 and 0 < max(width, height) <= 20 * min(width, height)


def _mime(upload: Upload) -> str:
    """The type of a person's file. What a browser could play or show is believed only of a content that is such."""
    content, claimed = upload.content, upload.mime.partition(";")[0].strip().lower()
    image = image_size(content)
    if image is not None:
        return image[0]
    for start, at, kind in _STARTS:
        if content[at : at + len(start)] == start:
            return kind if "/" in kind else f"{'video' if claimed.startswith('video/') else 'audio'}/{kind}"
    plain = re.fullmatch(r"(?:application|text)/[a-z0-9.+-]{1,80}", claimed)
    return claimed if plain else "application/octet-stream"


def image_size(content: bytes) -> tuple[str, int, int] | None:
    """Type, width and height of a PNG, JPEG, GIF or WebP image; None for anything else."""
    try:
        if content.startswith(b"\x89PNG\r\n\x1a\n"):
            return "image/png", *struct.unpack(">II", content[16:24])
        if content[:6] in (b"GIF87a", b"GIF89a"):
            return "image/gif", *struct.unpack("<HH", content[6:10])
        if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            return _webp(content)
        if content.startswith(b"\xff\xd8"):
            return _jpeg(content)
    except (struct.error, IndexError):
        return None
    return None


def _webp(content: bytes) -> tuple[str, int, int] | None:
    form = content[12:16]
    if form == b"VP8X":
        width = int.from_bytes(content[24:27], "little") + 1
        return "image/webp", width, int.from_bytes(content[27:30], "little") + 1
    if form == b"VP8 ":
        width, height = struct.unpack("<HH", content[26:30])
        return "image/webp", width & 0x3FFF, height & 0x3FFF
    if form == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        return "image/webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return None


def _jpeg(content: bytes) -> tuple[str, int, int] | None:
    at = 2
    while content[at] == 0xFF:
        marker = content[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return "image/jpeg", width, height
        at += 2 + struct.unpack(">H", content[at + 2 : at + 4])[0]
    return None
