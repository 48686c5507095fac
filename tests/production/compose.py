"""Reading compose.yaml: the part of YAML it keeps to, so that no parser has to be locked for one file.

Mappings and lists by indentation, `[a, b]` on one line, quoted strings, anchors on mappings, aliases and `<<`. Anything
else raises. It was compared with PyYAML when it was written, and `docker compose` reads the same file.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

TOP = Path(__file__).parents[2]

_KEY = re.compile(r"(?P<key>\"[^\"]*\"|[\w<./-]+):(?: +(?P<rest>.*))?")
_PART = re.compile(r"\"[^\"]*\"|[^,\[\]\"]+")


def compose() -> dict[str, Any]:
    """compose.yaml, anchors resolved."""
    return read((TOP / "compose.yaml").read_text(encoding="utf-8"))


def environment(service: str, prepared: Path) -> dict[str, str]:
    """What a service is told, with the example's site and the prepared folder's secrets."""
    site = {"SITE_DOMAIN": "hoert.example"}
    told = {}
    for name, value in compose()["services"][service]["environment"].items():
        filled = re.sub(r"\$\{(SITE_\w+)(?::[-?]([^}]*))?\}", lambda found: site.get(found[1], found[2]), value)
        told[name] = filled.replace("/run/secrets", str(prepared / "secrets"))
    return told


def prepare(folder: Path) -> None:
    """Run the script an administrator runs."""
    subprocess.run(["sh", TOP / "docs/production/prepare.sh", folder], check=True, stdout=subprocess.DEVNULL)


def read(text: str) -> dict[str, Any]:
    """The mapping a text of that kind says. Raises ValueError with the line it cannot read."""
    lines = [
        (len(line) - len(line.lstrip()), line.strip())
        for line in text.splitlines()
        if line.strip() and not line.lstrip().startswith("#")
    ]
    if any(" #" in line for _, line in lines):
        raise ValueError("a comment stands behind something")
    reader = _Reader(lines)
    found = reader.block(0)
    if reader.lines or not isinstance(found, dict):
        raise ValueError(f"not understood: {reader.lines[:1]}")
    return found


class _Reader:
    def __init__(self, lines: list[tuple[int, str]]) -> None:
        self.lines = lines
        self.anchors: dict[str, Any] = {}

    def block(self, indent: int) -> Any:
        """Everything that stands at this indentation, until something stands further left."""
        if self.lines[0][1].startswith("- "):
            items = []
            while self.lines and self.lines[0][0] == indent and self.lines[0][1].startswith("- "):
                item = self.lines[0][1][2:]
                if _KEY.fullmatch(item):
                    self.lines[0] = (indent + 2, item)
                    items.append(self.block(indent + 2))
                else:
                    self.lines.pop(0)
                    items.append(self.value(item))
            return items
        made: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        while self.lines and self.lines[0][0] == indent:
            line = self.lines.pop(0)[1]
            match = _KEY.fullmatch(line)
            if match is None:
                raise ValueError(f"not understood: {line}")
            key, rest = match["key"].strip('"'), match["rest"] or ""
            if key in made:
                raise ValueError(f"said twice: {key}")
            anchor = re.fullmatch(r"&([\w-]+)", rest)
            if anchor or not rest:
                value = self.block(self.lines[0][0]) if self.lines and self.lines[0][0] > indent else None
                if anchor:
                    self.anchors[anchor[1]] = value
            else:
                value = self.value(rest)
            if key == "<<":
                for one in reversed(value if isinstance(value, list) else [value]):
                    merged |= one
            else:
                made[key] = value
        return merged | made

    def value(self, text: str) -> Any:
        """One value on one line."""
        if text.startswith("["):
            if not text.endswith("]"):
                raise ValueError(f"not understood: {text}")
            return [self.value(part.strip()) for part in _PART.findall(text[1:-1]) if part.strip()]
        if text.startswith("*"):
            return self.anchors[text[1:]]
        if re.fullmatch(r"\"[^\"\\]*\"", text):
            return text[1:-1]
        if text in {"true", "false"}:
            return text == "true"
        if re.fullmatch(r"[0-9]+", text):
            return int(text)
        if text[0] in "&!|>'{%@`" or ": " in text:
            raise ValueError(f"not understood: {text}")
        return text
