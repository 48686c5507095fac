"""What `hoert import register` does: say what a file would change, or change it, and say how far it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from locales import text
from models.actions import register_kept as deeds
from models.actions.register_kept import Faulty
from models.database import opened
from models.domain import register_file
from models.domain.localtime import local_date
from models.domain.register_file import COLUMNS, LARGEST, Comparison, Fault
from models.migrate import check
from models.queries import register_kept
from models.queries.house import municipality_called
from models.settings import Settings
from models.transactions import HOUSE, Scope

Say = Callable[[str], None]

#: What the operator reads: the command line speaks English.
_LANGUAGE = "en"


async def take(settings: Settings, source: Path, municipality: str, *, dry_run: bool, say: Say, refuse: Say) -> int:
    """Read a file and import it into one municipality's register; returns the exit status. One fault: nothing is done.

    `say` gets every line for the operator, `refuse` what is wrong. Names are not said: a terminal keeps what it shows.
    """
    try:
        with source.open("rb") as opened_file:
            content = opened_file.read(LARGEST + 1)
    except OSError as exc:
        refuse(f"{source} cannot be read ({type(exc).__name__}).")
        return 1
    async with opened(settings):
        await check(settings)
        here = await municipality_called(HOUSE, municipality)
        if here is None:
            refuse(f"There is no municipality called {municipality} here.")
            return 1
        now = datetime.now(UTC)
        file = register_file.read(content, local_date(now))
        scope = Scope(here)
        try:
            if dry_run:
                found = await register_kept.compared(scope, file, today=local_date(now))
                if found.faults:
                    raise Faulty(list(found.faults))
            else:
                found = await deeds.import_file(
                    scope, file, now=now, tell=lambda done, total: say(f"{done} of {total}")
                )
        except Faulty as faulty:
            for fault in faulty.faults:
                refuse(_line(fault))
            refuse(f"Nothing was changed: {len(faulty.faults)} to mend.")
            return 1
        _sum_up(found, say, dry_run=dry_run)
        return 0


def _line(fault: Fault) -> str:
    column = fault.column if fault.column in COLUMNS else ascii(fault.column)[1:-1]
    place = " · ".join(filter(None, (f"row {fault.row}" if fault.row else "the file", column)))
    return f"{place}: {text(f'desk.register.fault.{fault.code}', _LANGUAGE, about=fault.about)}"


def _sum_up(found: Comparison, say: Say, *, dry_run: bool) -> None:
    for one in found.changed if dry_run else ():
        say(f"{one.known.reference}: {', '.join(change.column for change in one.changes)}")
    say(
        f"{len(found.new)} new, {len(found.changed)} changed, {found.unchanged} unchanged, "
        f"{len(found.missing)} missing in the file."
    )
    if found.missing:
        say(f"Missing, and left as they are: {', '.join(one.reference for one in found.missing)}.")
    say("Nothing was written." if dry_run else "Done.")
