"""What `hoert keys rotate` does: renew the keys of one level after another, say how far it is, and prove the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from models.actions import rotation
from models.actions.rotation import Level, Progress
from models.crypto import Unreadable
from models.database import opened
from models.migrate import check
from models.settings import Settings
from models.transactions import HOUSE

Say = Callable[[str], None]

#: While somebody's transaction is waited for.
_PAUSE = 0.5

_NAMES = {
    Level.MASTER: "the master key",
    Level.MUNICIPALITY: "the municipalities' keys",
    Level.PERSON: "the young people's keys",
}


async def rotate(settings: Settings, levels: Sequence[Level], say: Say) -> int:
    """Renew the keys of these levels in a database nobody else has open (SQLite) or everybody has (PostgreSQL).

    `settings.master_key` is the new master key and `settings.master_key_previous` the one before; without that one the
    master key stays. What an earlier run did not finish is finished first. Returns the exit status: 0 when the proof
    holds, 1 otherwise; `say` gets every line for the operator. Raises SettingsError when another process has the
    embedded database or neither master key opens it, SchemaIncomplete when it is older than this version.
    """
    previous = settings.master_key_previous
    async with opened(settings):
        await check(settings)
        try:
            for level in levels:
                if level is Level.MASTER and previous is None:
                    say("The master key stays: HOERT_MASTER_KEY_PREVIOUS names no key before it.")
                else:
                    await _renew(level, say)
            return await _prove(levels, say, gone=previous is not None)
        except Unreadable:
            say(
                "Something in this database opens with none of its keys. It was left as it is, and so was all after it."
            )
            return 1


async def _renew(level: Level, say: Say) -> None:
    while await rotation.begin(HOUSE, level, now=datetime.now(UTC)) is not level:
        await _to_the_end(say)
    await _to_the_end(say)


async def _to_the_end(say: Say) -> None:
    last = ""
    while (progress := await rotation.step(HOUSE, now=datetime.now(UTC))) is not None:
        line = _line(progress)
        if line != last:
            say(line)
            last = line
        if progress.finished:
            return
        if progress.waiting:
            await asyncio.sleep(_PAUSE)


def _line(progress: Progress) -> str:
    what = _NAMES[progress.level]
    if progress.finished:
        return f"{what}: renewed"
    if progress.phase == "wait":
        return f"{what}: waiting until nobody uses the old ones alone"
    doing = "making new ones" if progress.phase == "renew" else "sealing anew"
    return f"{what}: {doing}, {progress.done} of {progress.total}"


async def _prove(levels: Sequence[Level], say: Say, *, gone: bool) -> int:
    left = await rotation.left(HOUSE)
    for level in levels:
        say(f"{left[level]} rows are left under an old key ({_NAMES[level]})")
    if gone and Level.MASTER in levels and not left[Level.MASTER]:
        say("HOERT_MASTER_KEY_PREVIOUS can go now. Keep the old key itself as long as there are backups from before.")
    return 1 if any(left[level] for level in levels) else 0
