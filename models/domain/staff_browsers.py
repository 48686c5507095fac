"""Which browser on which system somebody signs in with: as much as they know it by again, and no more.

Of what a browser says about itself only two words are kept. Neither version nor address is.
"""

from __future__ import annotations

from typing import Final

UNKNOWN: Final = "other"

#: The first that is found counts: most browsers also call themselves by the names of older ones.
_BROWSERS: Final = (
    ("Edg", "edge"), ("OPR/", "opera"), ("SamsungBrowser", "samsung"), ("FxiOS", "firefox"), ("Firefox/", "firefox"),
    ("CriOS", "chrome"), ("Chrome/", "chrome"), ("Chromium/", "chrome"), ("Safari/", "safari"),
)  # fmt: skip
_SYSTEMS: Final = (
    ("iPhone", "iphone"), ("iPad", "ipad"), ("Android", "android"), ("CrOS", "chromebook"), ("Windows", "windows"),
    ("Macintosh", "mac"), ("Linux", "linux"),
)  # fmt: skip
BROWSERS: Final = (*dict.fromkeys(name for _, name in _BROWSERS), UNKNOWN)
SYSTEMS: Final = (*dict.fromkeys(name for _, name in _SYSTEMS), UNKNOWN)


def browser_of(said: str) -> str:
    """ "firefox windows" of what a browser says about itself (User-Agent); "other other" of what says nothing."""
    return f"{_first(said, _BROWSERS)} {_first(said, _SYSTEMS)}"


def parts_of(kept: str) -> tuple[str, str]:
    """Browser and system of what was kept."""
    browser, _, system = kept.partition(" ")
    return (browser if browser in BROWSERS else UNKNOWN), (system if system in SYSTEMS else UNKNOWN)


def _first(said: str, signs: tuple[tuple[str, str], ...]) -> str:
    return next((name for sign, name in signs if sign in said), UNKNOWN)
