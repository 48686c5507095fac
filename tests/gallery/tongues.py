"""Which lines of a screen are in the wrong language: they fit a text of the other one, and none of their own."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from locales import LANGUAGES, catalogue
from models.domain.instruments import INSTRUMENTS

_LOCALES = Path(__file__).parents[2] / "locales"
#: What fits anything: a text that is little but a placeholder says nothing about its language.
_WORDS = 2


def foreign_lines(text: str, buttons: tuple[tuple[str, ...], ...], language: str) -> list[str]:
    """The lines and labels that are in the other language."""
    own, other = _patterns(language), _patterns(next(one for one in LANGUAGES if one != language))
    lines = [line for line in [*text.splitlines(), *(label for row in buttons for label in row)] if line.strip()]
    return [line for line in lines if other.fullmatch(line) and not own.fullmatch(line)]


@cache
def _patterns(language: str) -> re.Pattern[str]:
    kept = {_pattern(line) for said in _said(language) for line in said.splitlines() if _tells(line)}
    return re.compile("|".join(sorted(kept)))


def _said(language: str) -> Iterator[str]:
    for path in _LOCALES.glob("chat*.toml"):
        for key in tomllib.loads(path.read_text(encoding="utf-8")):
            entry = catalogue()[key].get(language, "")
            yield from [entry] if isinstance(entry, str) else entry.values()
    for one in INSTRUMENTS.values():
        yield one.title[language]
        for item in one.items:
            yield item.text[language]
            yield from (option.label[language] for option in item.options)


def _tells(line: str) -> bool:
    return len(re.findall(r"\w+", re.sub(r"\{[a-z_]+\}", "", line))) >= _WORDS or "{" not in line


def _pattern(line: str) -> str:
    return "".join(
        ".+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{[a-z_]+\})", line) if part
    )
