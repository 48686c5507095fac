"""One catalogue for chat and desk: Danish and English side by side, plurals by CLDR, named placeholders.

A key names one text in every language. `text("home.hello", "da", name="Amina")` gives the sentence; a missing key or
placeholder is an error, not an empty string.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path

LANGUAGES = ("da", "en")
_FOLDER = Path(__file__).parent
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")

Entry = Mapping[str, "str | Mapping[str, str]"]


class UnknownText(KeyError):
    """A key or placeholder that the catalogue does not have."""


@cache
def catalogue() -> Mapping[str, Entry]:
    """Every text: key -> language -> sentence, or plural category -> sentence."""
    found: dict[str, Entry] = {}
    for path in sorted(_FOLDER.glob("*.toml")):
        for key, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if key in found:
                raise UnknownText(f"{key} stands twice in the catalogue")
            found[key] = entry
    return found


def text(key: str, language: str, /, **values: object) -> str:
    """The text `key` in `language` with its placeholders filled. Plural texts choose their form by `n`."""
    try:
        entry = catalogue()[key][language]
    except KeyError:
        raise UnknownText(f"no text {key} in {language}") from None
    if not isinstance(entry, str):
        # Danish and English share CLDR's rule for whole numbers: one is "one", everything else "other".
        entry = entry["one" if values.get("n") == 1 else "other"]
    try:
        return _PLACEHOLDER.sub(lambda match: str(values[match.group(1)]), entry)
    except KeyError as missing:
        raise UnknownText(f"text {key} needs {missing}") from None


def has(key: str) -> bool:
    """Whether the catalogue has `key`."""
    return key in catalogue()


@cache
def texts_of(part: str) -> Mapping[str, Mapping[str, Entry]]:
    """The texts of the files whose names begin so, like "chat": file -> key -> language -> sentence."""
    return {
        path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(_FOLDER.glob(f"{part}_*.toml"))
    }


@cache
def fingerprint(part: str) -> str:
    """What tells these texts from any others: it changes with every word of them."""
    told = json.dumps(texts_of(part), ensure_ascii=False, sort_keys=True).encode()
    return sha256(told).hexdigest()[:16]


def placeholders(sentence: str) -> frozenset[str]:
    """The names of the placeholders of a sentence."""
    return frozenset(_PLACEHOLDER.findall(sentence))
