"""The document of a hand-over: the same bytes for the same content, tagged, with every file inside."""

from __future__ import annotations

import re
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import process_time

from models.case_document import fingerprint, render
from models.case_document_pages import _drawn, wrapped
from models.domain.casefile import Attached, Content, Copy, Earlier, Recorded, Theme
from tests.files import PDF, picture

AT = datetime(2026, 11, 17, 9, tzinfo=UTC)


def recorded(number: int, form: str = "in", **more: object) -> Recorded:
    said = Recorded(
        f"{number:032}", form, AT + timedelta(hours=number), "Amina Yusuf", "Hej 😊 " + "Flytter jeg til Ærø? " * 9,
        Theme.HOUSING, "", "Mette Holm", AT + timedelta(days=40),
    )  # fmt: skip
    return replace(said, **more)


def content(*records: Recorded) -> Content:
    return Content("p" * 32, "Randers Kommune", "R-1001", "Amina Yusuf", 1, AT + timedelta(days=41), "Mette", records)


def test_the_same_content_is_the_same_document_with_its_files_in_it() -> None:
    photo, letter = (
        Attached("sofa.jpg", "image/jpeg", "photo", picture()),
        Attached("brev.pdf", "application/pdf", "", PDF),
    )
    whole = content(
        recorded(1, earlier=(Earlier("Nej 🤷", AT + timedelta(hours=2)),), edited_at=AT + timedelta(hours=2)),
        recorded(2, "file", file=photo),
        recorded(3, "file", file=letter, words=""),
        recorded(4, "file", file=letter, words="w" * 900),
        recorded(5, "offer", what="yes", about="Kontaktperson", words="", theme=Theme.OTHER, theme_words="Læge"),
        recorded(6, "meeting", about="Bolig"),
        *(recorded(7 + place, form) for place, form in enumerate(("out", "note", "contact", "missed"))),
    )
    made = render(whole)
    assert made == render(whole)
    assert made.startswith(b"%PDF-1.7")
    assert re.search(rb"/Lang \(da-DK\)|/Lang /da-DK", made)
    for part in (b"<pdfaid:part>3<", b"Amina Yusuf: til sagen, nr. 1", b"/MarkInfo", b"/Figure", b"/AFRelationship"):
        assert part in made
    assert made.count(b"/S /H2") == len(whole.records)
    assert made.count(b"/EmbeddedFile\n") + made.count(b"/EmbeddedFile>") + made.count(b"/EmbeddedFile ") >= 3
    assert PDF in made
    assert picture() in made
    copy = render(replace(whole, copy=Copy(AT + timedelta(days=50), "Per", fingerprint(made)), missing=1))
    assert copy != made


def words_of(document: bytes) -> list[str]:
    """What stands on the pages, line by line, as a reader of PDF sees it."""
    letters = []
    for part in document.split(b"begincmap")[1:]:
        pairs = re.findall(
            rb"<([0-9A-F]{4})> <([0-9A-F]{4})>", part.partition(b"beginbfchar")[2].partition(b"endbf")[0]
        )
        letters.append({int(code, 16): chr(int(letter, 16)) for code, letter in pairs})
    lines, font = list[str](), letters[0]
    for stream in re.findall(rb"(?s)stream\r?\n(.*?)\r?\nendstream", document):
        try:
            drawn = zlib.decompress(stream)
        except zlib.error:
            continue
        for name, said in re.findall(rb"(?s)/F(\d) [\d.]+ Tf|\(((?:\\.|[^\\)])*)\) Tj", drawn):
            if name:
                font = letters[int(name) - 1]
            else:
                codes = re.sub(rb"(?s)\\(.)", lambda one: b"\r" if one[1] == b"r" else one[1], said)
                lines.append("".join(font[high << 8 | low] for high, low in zip(codes[::2], codes[1::2], strict=True)))
    return lines


def test_each_record_says_when_who_what_about_and_who_decided() -> None:
    made = render(content(
        recorded(1, words="Må jeg flytte til Læsøvej?"),
        recorded(2, "out", who="Mette Holm", words="Ja (fra 1.)", theme=Theme.OTHER, theme_words="Læge \\ tand"),
        recorded(3, "file", words="", file=Attached("brev.pdf", "application/pdf", "", PDF)),
    ))  # fmt: skip
    lines, decided = words_of(made), "Til sagen: Mette Holm, 27. december 2026 kl. 10"
    assert lines[0] == "Randers Kommune"
    first = lines.index("17. november 2026 kl. 11 · Amina Yusuf skrev")
    assert lines[first + 1 : first + 8] == [
        "Emne: Bolig", "Må jeg flytte til Læsøvej?", decided, "17. november 2026 kl. 12 · Mette Holm skrev",
        "Emne: Læge \\ tand", "Ja (fra 1.)", decided,
    ]  # fmt: skip
    assert [line for line in lines[first + 8 :] if "001-brev.pdf" in line] != []


def test_five_hundred_messages_take_seconds() -> None:
    begun = process_time()
    made = render(content(*(recorded(number) for number in range(500))))
    assert process_time() - begun < 8
    assert made.count(b"/S /H2") == 500


def test_lines_are_broken_between_words_and_in_a_word_only_where_there_is_no_way() -> None:
    advance = _drawn(bold=False)
    text = "Et ord og et meget langt " + "ø" * 70 + " til sidst\n\nNy"
    lines = wrapped(text, 12, advance)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "").replace("\n", "")
    assert max(sum(advance[ord(sign)] for sign in line) for line in lines) <= 12
    assert lines[-2:] == ["", "Ny"]
