"""The pages of a hand-over to the case file, drawn with fpdf2, every file inside them (`models.case_document`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Final

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.prefs import ViewerPreferences
from fpdf.structure_tree import StructureTreeBuilder
from PIL import Image

from locales import dates, text
from models.domain import media
from models.domain.casefile import Attached, Content, Recorded, spelled
from models.domain.localtime import local_date

_FONTS: Final = Path(__file__).with_name("vendor") / "dejavu"
_LANGUAGE: Final = "da"
_WIDTH: Final = 170.0
_LINE: Final = 5.2
_TALLEST: Final = 110.0
_BOTTOM: Final = 20.0
#: Pixels of the longer side of a picture on paper; the whole of it is inside the document as a file.
_SHOWN: Final = 1400
_INK: Final = (26, 26, 26)
_QUIET: Final = (84, 84, 84)


def draw(content: Content) -> bytes:
    """The document, see `models.case_document.render`."""
    made = _Document(content)
    made.front()
    for record in content.records:
        made.record(record)
    return bytes(made.output())


class _Structure(StructureTreeBuilder):
    """Counts what is marked on a page instead of looking through all of it each time."""

    def __init__(self) -> None:
        super().__init__()
        self._marked: Counter[int] = Counter()

    def next_mcid_for_page(self, page_number: int) -> int:
        self._marked[page_number] += 1
        return self._marked[page_number] - 1


class _Document(FPDF):
    """A4, tagged for a reader aloud, files attached (PDF/A-3)."""

    def __init__(self, content: Content) -> None:
        super().__init__(format="A4", unit="mm", enforce_compliance="PDF/A-3U")
        self.struct_builder = _Structure()
        self._content, self._files = content, 0
        self._known = frozenset(_drawn(bold=False).keys() & _drawn(bold=True).keys())
        title = self._said("title", name=content.name, number=content.number)
        self.set_lang("da-DK")
        self.set_title(title)
        self.set_author(content.municipality)
        self.set_creator("Hørt")
        self.set_creation_date(content.copy.at if content.copy else content.at)
        made = self.creation_date.isoformat(timespec="seconds")
        self.set_xmp_metadata(_METADATA.format(title=escape(title), author=escape(content.municipality), at=made))
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)
        self.add_font("dejavu", "", _FONTS / "DejaVuSans.ttf")
        self.add_font("dejavu", "B", _FONTS / "DejaVuSans-Bold.ttf")
        self.set_margins(20, 18, 20)
        self.c_margin = 0
        self.set_auto_page_break(False)
        self.add_page()

    def footer(self) -> None:
        """Whose, which, and how far: not read aloud."""
        content = self._content
        said = self._said(
            "foot", municipality=content.municipality, reference=content.reference, number=content.number,
            page=self.page_no(), pages=self.str_alias_nb_pages,
        )  # fmt: skip
        self._out("/Artifact BMC")
        self.set_y(-14)
        self._pen(8, colour=_QUIET)
        self.cell(0, 5, self._plain(said, keep=self.str_alias_nb_pages), align="C")
        self._out("EMC")

    def front(self) -> None:
        """What this is, whose, who made it, and how much there is."""
        content, copied = self._content, self._content.copy
        self._text(content.municipality, "/P", 10, colour=_QUIET)
        self._text(self._said("heading", number=content.number), "/H1", 18, bold=True)
        if copied is not None:
            self._text(self._said("copy", at=_moment(copied.at), by=copied.by), "/P", 11, bold=True)
            self._text(self._said("copy_of", fingerprint=copied.fingerprint), "/P", 9)
        files = [one.file for one in content.records if one.file is not None]
        for line in (
            self._said("name", name=content.name),
            self._said("reference", reference=content.reference),
            self._said("made", at=_moment(content.at), by=content.by),
            self._said("holds", n=len(content.records)),
            self._said("files", n=len(files)) if files else "",
            self._said("left", n=content.left) if content.left else "",
            self._said("missing", n=content.missing) if content.missing else "",
        ):
            self._text(line, "/P", 10)
        self._text(self._said("about"), "/P", 9, colour=_QUIET)
        self.ln(3)

    def record(self, record: Recorded) -> None:
        """One record, with what it said before and its file."""
        self._room(4 * _LINE)
        self.ln(2)
        self._rule()
        who = record.who or self._said("nobody")
        said = text(f"desk.case.form.{record.form}", _LANGUAGE, who=who, name=self._content.name, about=record.about)
        self._text(f"{_moment(record.at)} · {said}", "/H2", 10, bold=True)
        theme = record.theme_words or text(f"desk.case.theme.{record.theme.value}", _LANGUAGE)
        self._text(self._said("theme", theme=theme), "/P", 9, colour=_QUIET)
        if record.what:
            self._text(text(f"desk.case.answer.{record.what}", _LANGUAGE), "/P", 10)
        if record.words:
            self._text(record.words, "/P", 10)
        if record.edited_at is not None:
            self._text(self._said("edited", at=_moment(record.edited_at)), "/P", 9, colour=_QUIET)
        for before in record.earlier:
            self._text(self._said("earlier", at=_moment(before.until)), "/P", 9, colour=_QUIET)
            self._text(before.words, "/P", 10, indent=6)
        if record.file is not None:
            self._file(record, record.file)
        self._text(
            self._said("decided", by=record.decided_by or self._said("nobody"), at=_moment(record.decided_at)),
            "/P", 8, colour=_QUIET,
        )  # fmt: skip

    def _file(self, record: Recorded, file: Attached) -> None:
        self._files += 1
        name = f"{self._files:03}-{file.name or self._said('unnamed') + media.ending_of(file.mime)}"
        self.embed_file(
            bytes=file.content, basename=name, mime_type=file.mime, modification_date=record.at,
            creation_date=record.at, associated_file_relationship="Supplement", desc=file.fingerprint,
        )  # fmt: skip
        facts = self._said("file", name=name, kilobytes=max(1, round(len(file.content) / 1024)))
        self._text(facts, "/P", 9)
        self._text(self._said("fingerprint", fingerprint=file.fingerprint), "/P", 8, colour=_QUIET)
        if file.mime in media.PICTURES:
            self._picture(file, self._said("picture", who=record.who, at=_moment(record.at)))

    def _picture(self, file: Attached, words: str) -> None:
        with Image.open(BytesIO(file.content)) as opened:
            drawn = Image.new("RGB", opened.size, "white")
            drawn.paste(opened, mask=opened.convert("RGBA").getchannel("A") if opened.has_transparency_data else None)
        drawn.thumbnail((_SHOWN, _SHOWN))
        kept = BytesIO()
        drawn.save(kept, "JPEG", quality=82)
        kept.seek(0)
        height = min(_TALLEST, drawn.height * 0.264, _WIDTH * drawn.height / drawn.width)
        self._room(height + 3)
        self.image(kept, x=self.l_margin, y=self.get_y() + 1, h=height, alt_text=self._plain(words))
        self.set_y(self.get_y() + height + 3)

    def _text(
        self, words: str, kind: str, size: float, *, bold: bool = False, colour: tuple[int, int, int] = _INK,
        indent: float = 0,
    ) -> None:  # fmt: skip
        """A paragraph, its lines kept within pages; what stands on each page is marked as what it is."""
        if not words:
            return
        self._pen(size, bold=bold, colour=colour)
        height = max(_LINE, size * 0.52)
        self.set_x(self.l_margin)
        lines = wrapped(self._plain(words), (_WIDTH - indent) * self.k / size, _drawn(bold=bold))
        while lines:
            self._room(height)
            self._pen(size, bold=bold, colour=colour)  # a new page has written its foot in another
            fit = max(1, int((self.h - _BOTTOM - self.get_y()) // height))
            with self._marked(kind):
                for line in lines[:fit]:
                    self.set_x(self.l_margin + indent)
                    self.cell(_WIDTH - indent, height, line, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
            lines = lines[fit:]

    @contextmanager
    def _marked(self, kind: str) -> Iterator[None]:
        number = self.struct_builder.next_mcid_for_page(self.page)
        self._add_marked_content(struct_type=kind, mcid=number)
        self._out(f"{kind} <</MCID {number}>> BDC")
        yield
        self._out("EMC")

    def _room(self, height: float) -> None:
        if self.get_y() + height > self.h - _BOTTOM:
            self.add_page()

    def _rule(self) -> None:
        self._out("/Artifact BMC")
        self.set_draw_color(200, 200, 200)
        self.line(self.l_margin, self.get_y(), self.l_margin + _WIDTH, self.get_y())
        self._out("EMC")
        self.ln(1.5)

    def _pen(self, size: float, *, bold: bool = False, colour: tuple[int, int, int] = _INK) -> None:
        self.set_font("dejavu", "B" if bold else "", size)
        self.set_text_color(*colour)

    def _plain(self, words: str, keep: str = "") -> str:
        """What the font can draw; emoji in words."""
        if keep and keep in words:
            before, _, after = words.partition(keep)
            return f"{self._plain(before)}{keep}{self._plain(after)}"
        return spelled(words, self._known)

    def _said(self, key: str, **values: object) -> str:
        return text(f"desk.case_document.{key}", _LANGUAGE, **values)


def _moment(at: datetime) -> str:
    return f"{dates.day(local_date(at), _LANGUAGE, year=True)} {dates.clock(at, _LANGUAGE)}"


def wrapped(words: str, width: float, advance: Mapping[int, float]) -> list[str]:
    """Text as lines of at most `width` (a font size of 1), broken between words and, where there is no way, in one."""
    lines: list[str] = []
    space = advance[ord(" ")]
    for paragraph in words.split("\n"):
        line, used = "", 0.0
        for word in paragraph.split(" "):
            for piece, long in _pieces(word, width, advance):
                if line and used + space + long > width:
                    lines.append(line)
                    line, used = piece, long
                else:
                    line, used = (f"{line} {piece}", used + space + long) if line else (piece, long)
        lines.append(line)
    return lines


def _pieces(word: str, width: float, advance: Mapping[int, float]) -> Iterator[tuple[str, float]]:
    piece, used = "", 0.0
    for character in word:
        long = advance.get(ord(character), 0.0)
        if used + long > width:
            yield piece, used
            piece, used = "", 0.0
        piece, used = piece + character, used + long
    yield piece, used


@cache
def _drawn(*, bold: bool) -> Mapping[int, float]:
    """What the font can draw: code points, and how far each goes at a font size of 1."""
    from fontTools.ttLib import TTFont

    with TTFont(_FONTS / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"), lazy=True) as font:
        unit, metrics = font["head"].unitsPerEm, font["hmtx"].metrics
        return {point: metrics[name][0] / unit for point, name in font.getBestCmap().items()}


#: What the document says of itself to programs: PDF/A-3 with text that can be copied.
_METADATA: Final = """<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
  xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
  <rdf:Description rdf:about="" xmp:CreatorTool="Hørt" xmp:CreateDate="{at}" xmp:ModifyDate="{at}"
   xmp:MetadataDate="{at}">
   <pdfaid:part>3</pdfaid:part>
   <pdfaid:conformance>U</pdfaid:conformance>
   <dc:language><rdf:Bag><rdf:li>da-DK</rdf:li></rdf:Bag></dc:language>
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
   <dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>"""
