"""What `hoert texts` does: the review sheet out, and back in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from locales import sheet

Say = Callable[[str], None]


def export(target: Path, *, only: str, say: Say) -> int:
    """Write the review sheet; returns the exit status. An existing file is not written over."""
    if target.exists():
        say(f"{target} is there already. Take another name, or remove it first.")
        return 1
    made = sheet.export(only=only)
    target.write_text(made, encoding="utf-8-sig", newline="")
    say(f"{target}: {made.count(chr(13) + chr(10)) - 1} texts. Open it in a spreadsheet, save as CSV, then import it.")
    return 0


def take(source: Path, *, dry_run: bool, say: Say) -> int:
    """Read a sheet back and write what it changes; with a fault in it nothing is written. Returns the exit status."""
    try:
        changes, faults = sheet.read(source.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as exc:
        say(f"{source} cannot be read as UTF-8 text ({type(exc).__name__}).")
        return 1
    for fault in faults:
        say(f"line {fault.line} · {fault.key}: {fault.why}")
    if faults:
        say(f"Nothing was changed: {len(faults)} lines need another look.")
        return 1
    for change in changes:
        say(f"{change.key}{f' [{change.form}]' if change.form else ''} · {change.language}")
    if dry_run:
        say(f"{len(changes)} texts would change. Nothing was written.")
        return 0
    touched = sheet.write(changes)
    say(f"{len(changes)} texts changed in {len(touched)} files.")
    return 0
