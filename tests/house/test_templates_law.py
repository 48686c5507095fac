"""Law 7: pages are drawn on the server, escaped, and carry no script or style of their own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jinja2 import Environment

from tests.house.sources import TOP, place

TEMPLATES = sorted((TOP / "backend").rglob("*.html"))
#: What the content security policy would block, or what would undo escaping.
FORBIDDEN = {
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE),
    "inline style": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "inline handler": re.compile(r"\son[a-z]+\s*=|hx-on|javascript:", re.IGNORECASE),
    "escaping undone": re.compile(r"\|\s*safe\b|autoescape\s+false", re.IGNORECASE),
    "something fetched from elsewhere": re.compile(
        r"(src|href|action)=[\"']?(https?:)?//(?!www\.w3\.org)", re.IGNORECASE
    ),
}


def test_the_desk_has_templates() -> None:
    assert len(TEMPLATES) >= 1


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_parses(template: Path) -> None:
    parsed = Environment(autoescape=True, extensions=["jinja2.ext.do"]).parse(_text(template))
    assert len(parsed.body) >= 1


@pytest.mark.parametrize("fault", FORBIDDEN)
def test_no_template_holds(fault: str) -> None:
    found = [
        f"{place(path)}:{_text(path)[: match.start()].count(chr(10)) + 1}"
        for path in TEMPLATES
        for match in FORBIDDEN[fault].finditer(_text(path))
    ]
    assert found == []


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
