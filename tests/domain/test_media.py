"""Files: what is taken and what is not, by content alone; names that can do no harm."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain import media
from models.domain.errors import Invalid
from tests.files import MAKER, PDF, box, film, office, picture, voice

_TAKEN = {
    "jpeg": (picture(), "image/jpeg", "photo"),
    "png": (picture("PNG"), "image/png", "photo"),
    "webp": (picture("WEBP"), "image/webp", "photo"),
    "gif": (picture("GIF"), "image/gif", "photo"),
    "ogg": (voice(), "audio/ogg", "audio"),
    "mp3 with tags": (b"ID3\x04" + bytes(40), "audio/mpeg", "audio"),
    "mp3": (b"\xff\xfb\x90\x64" + bytes(40), "audio/mpeg", "audio"),
    "m4a": (film(sound_only=True), "audio/mp4", "audio"),
    "mp4": (film(), "video/mp4", "video"),
    "webm sound": (b"\x1a\x45\xdf\xa3" + bytes(8) + b"webm" + b"A_OPUS" + bytes(40), "audio/webm", "audio"),
    "webm film": (b"\x1a\x45\xdf\xa3" + bytes(8) + b"webm" + b"V_VP9 A_OPUS", "video/webm", "video"),
    "pdf": (PDF, "application/pdf", "document"),
    "docx": (
        office(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "document",
    ),
    "xlsx": (
        office("xlsx"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "document",
    ),
    "odt": (office("odt"), "application/vnd.oasis.opendocument.text", "document"),
    "text": ("Kære Mette\næøå 👍🏽".encode(), "text/plain", "document"),
}  # fmt: skip
_REFUSED = {
    "exe": b"MZ\x90\x00" + bytes(60),
    "elf": b"\x7fELF" + bytes(60),
    "html": b"<!DOCTYPE html><script>alert(1)</script>",
    "html after space": b"\xef\xbb\xbf \n <HTML><body onload=x>",
    "svg": b'<?xml version="1.0"?><svg onload="alert(1)"/>',
    "bare svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "script": b"#!/bin/sh\nrm -rf /\n",
    "rtf": b"{\\rtf1\\ansi}",
    "zip": office("zip"),
    "macros": office(macro=True),
    "broken zip": b"PK\x03\x04" + b"word/document.xml" * 9,
    "heic": box(b"ftyp", b"heic" + bytes(8)) + box(b"meta", b"hdlr" + bytes(8) + b"pict"),
    "mp4 of nothing": box(b"ftyp", b"isom" + bytes(8)),
    "ogg of something": b"OggS" + bytes(60),
    "matroska": b"\x1a\x45\xdf\xa3" + bytes(8) + b"matroska",
    "not utf-8": "æøå".encode("latin-1"),
    "controls": b"abc\x00def",
    "wav": b"RIFF\x00\x00\x00\x00WAVEfmt ",
}


@pytest.mark.parametrize("name", _TAKEN)
def test_what_is_on_the_list_is_known_by_its_content(name: str) -> None:
    content, mime, kind = _TAKEN[name]
    found = media.look(content)
    assert (found.mime, found.kind) == (mime, kind)


@pytest.mark.parametrize("name", _REFUSED)
def test_everything_else_is_refused_whatever_it_is_called(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        media.look(_REFUSED[name])
    assert (refused.value.code, refused.value.field) == ("file_type", "file")


def test_empty_and_too_large_say_so() -> None:
    for content, code in ((b"", "file_empty"), (bytes(media.LARGEST + 1), "file_too_big")):
        with pytest.raises(Invalid) as refused:
            media.look(content)
        assert refused.value.code == code


@given(st.binary(max_size=200))
def test_no_bytes_make_it_stumble(content: bytes) -> None:
    with contextlib.suppress(Invalid):
        assert media.look(content).mime in media.MIMES
    assert len(media.quiet(content, "video/mp4")) == len(content)


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("referat.pdf", "referat.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\x\\brev.PDF", "brev.pdf"),
        ("faktura\u202efdp.exe", "faktura fdp.pdf"),
        ("virus.pdf.exe", "virus.pdf.pdf"),
        ("a\x00b\nc\u200b.txt", "a b c.pdf"),
        ("", "document.pdf"),
        ("....", "document.pdf"),
        ("\ud800", "document.pdf"),
        ("👩🏽 mig.jpeg", "👩🏽 mig.pdf"),
        ("æ" * 300 + ".docx", "æ" * 96 + ".pdf"),
        ("v1.2 af planen", "v1.2 af planen.pdf"),
        ('<img src=x>"; drop', "img src=x ; drop.pdf"),
    ],
)
def test_a_name_is_cleaned_and_ends_as_its_content_does(given_name: str, kept: str) -> None:
    assert media.clean_name(given_name, "application/pdf") == kept


@given(st.text(max_size=300), st.sampled_from(sorted(media.MIMES)))
def test_no_name_is_left_with_anything_harmful(name: str, mime: str) -> None:
    kept = media.clean_name(name, mime)
    assert 1 < len(kept) <= media.LONGEST_NAME
    assert (kept.isprintable(), set(kept) & set('/\\:*?"<>|'), kept[0] == ".") == (True, set(), False)
    assert media.clean_name(kept, mime) == kept


def test_what_could_not_be_fetched_is_tried_for_three_days_and_what_is_gone_three_times() -> None:
    then = datetime(2026, 11, 17, 9, tzinfo=UTC)
    waits = [media.try_again(then, then, tries, gone=False) for tries in (1, 2, 5, 8, 9, 99)]
    assert [wait and (wait - then).total_seconds() for wait in waits] == [5, 10, 80, 640, 900, 900]
    assert media.try_again(then, then + timedelta(days=3), 1, gone=False) is None
    assert [media.try_again(then, then, tries, gone=True) is None for tries in (1, 2, 3)] == [False, False, True]


def test_a_film_keeps_its_length_and_loses_where_it_was_taken() -> None:
    for made, mime in ((film(), "video/mp4"), (film(sound_only=True), "audio/mp4")):
        kept = media.quiet(made, mime)
        assert len(kept) == len(made)
        assert (MAKER.encode() in kept, b"+56.4601" in kept, b"lyd og billede" in kept) == (False, False, True)
        assert media.look(kept).mime == mime


@pytest.mark.parametrize(
    ("name", "declared", "size", "why"),
    [
        ("spil.exe", "", 9, "file_type"), ("Spil.EXE. ", "", 9, "file_type"), ("brev.pdf.exe", "", 9, "file_type"),
        ("billede", "image/heic", 9, "file_type"), ("side", "Text/HTML; charset=utf-8", 9, "file_type"),
        ("film.mov", "video/quicktime", media.LARGEST + 1, "file_too_big"), ("brev.pdf", "", media.LARGEST, ""),
        ("exe", "", 9, ""), ("", "", 0, ""), ("brev", "application/octet-stream", 9, ""),
    ],
)  # fmt: skip
def test_what_a_file_says_of_itself_may_be_enough_to_refuse_it_unseen(name, declared, size, why):
    assert media.refused_unseen(name, declared, size) == why


def test_nothing_that_can_be_kept_is_refused_for_what_it_says_it_is():
    for content, mime, _ in _TAKEN.values():
        assert media.refused_unseen(f"x.{media.ending_of(mime)}", mime, len(content)) == ""
    assert [mime for mime in media.MIMES if media.refused_unseen("", mime, 1)] == []
