"""A whole house to walk through: somebody of every role here and elsewhere, one of everything, and the way back to how
it was after each step.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from tortoise.connection import get_connections

from models.actions import api, casefile, consent, panels, register, staff, webhooks
from models.domain import casefile as records
from models.domain.staff import Role, Viewer
from models.transactions import HOUSE, Scope, atomic, execute, reading, rows
from tests.backend.browsing import Story, table_contents, tell_story
from tests.cast import Cast, link


@dataclass(frozen=True)
class Somebody:
    """One who walks. `person`: whose Amina is to them; `place`: whose what belongs to her municipality is."""

    viewer: Viewer
    person: str
    place: str
    own: str = "colleagues"
    offered: str = "elsewhere"
    #: Of their own municipality: whose work is handed over, and who gets it.
    team: tuple[str, str] = ("", "")
    #: Who may never read her name, on any page.
    meets_amina: bool = False


@dataclass(frozen=True)
class House:
    """Everybody, by name, and one of everything."""

    people: dict[str, Somebody]
    story: Story
    #: For a route that needs another of the ids, or another field of its form, to be done: name -> those.
    paths: dict[str, Story]
    fields: dict[str, dict[str, str]]


async def build_house(cast: Cast, now: datetime) -> House:
    """Amina is Mette's; Lars has opened her; Leila is offered to Odsherred; the panel is Hanne's."""
    away = await register.add_municipality(HOUSE, slug="vesthimmerland", name="Vesthimmerland", now=now)
    ida = await _hired(Scope(cast.odsherred), "Ida Berg", Role.CASEWORKER, now)
    bo = await _hired(Scope(cast.odsherred), "Bo Dahl", Role.ADMINISTRATOR, now)
    tove = await _hired(Scope(away), "Tove Kragh", Role.COORDINATOR, now)
    hanne = await _hired(HOUSE, "Hanne Vind", Role.PANEL_HOST, now)
    hugo = await _hired(HOUSE, "Hugo Sand", Role.PANEL_HOST, now)
    eva = await _hired(HOUSE, "Eva Juul", Role.EVALUATOR, now)
    story = await tell_story(cast, now)
    await host(HOUSE, story.panel, hanne.staff_id)
    # A panel of his own, so that Hugo's pages are not empty.
    await panels.found(HOUSE, "Et andet panel", [away], hugo.staff_id, now=now)
    token = await api.make_token(
        cast.mette, "Fagsystem", expires_at=now + timedelta(days=30), read_only=False, now=now, real_now=now
    )
    told = await webhooks.register(
        cast.admin, "http://127.0.0.1:9/hooks", ["message.received"], loopback=True, now=now, real_now=now
    )
    transfer = await register.offer_transfer(cast.per, cast.leila, cast.odsherred, now=now)
    story = replace(story, token=token.token_id, webhook=told.webhook_id, transfer=transfer)
    barred = await link(Scope(cast.randers), cast.amina, 13, now=now)
    await consent.bar(cast.mette, barred.link_id, "threats", now=now)
    decided = {"theme": records.Theme.OTHER, "words": "", "now": now}
    await casefile.decide(cast.mette, cast.amina, [story.reply], records.Choice.NOT_RELEVANT, **decided)
    published = replace(story, survey=await published_survey(HOUSE, story.sendout))
    here, there, far = (
        (cast.mette.staff_id, cast.siri.staff_id),
        (ida.staff_id, cast.odd.staff_id),
        (tove.staff_id,) * 2,
    )
    return House(
        {
            "mette": Somebody(cast.mette, "mine", "here", "mine", "here", here, meets_amina=True),
            "lars": Somebody(cast.lars, "opened", "here", "colleagues", "here", here, meets_amina=True),
            "siri": Somebody(cast.siri, "colleagues", "here", "colleagues", "here", here),
            "per": Somebody(cast.per, "colleagues", "here", "colleagues", "here", here, meets_amina=True),
            "admin": Somebody(cast.admin, "colleagues", "here", "colleagues", "here", here),
            "odd": Somebody(cast.odd, "elsewhere", "elsewhere", "elsewhere", "offered", there),
            "ida": Somebody(ida, "elsewhere", "elsewhere", "elsewhere", "offered", there),
            "bo": Somebody(bo, "elsewhere", "elsewhere", "elsewhere", "offered", there),
            "tove": Somebody(tove, "elsewhere", "elsewhere", "elsewhere", team=far),
            "hanne": Somebody(hanne, "elsewhere", "here", "elsewhere"),
            "hugo": Somebody(hugo, "elsewhere", "elsewhere", "elsewhere"),
            "eva": Somebody(eva, "elsewhere", "elsewhere", "elsewhere"),
            "nanna": Somebody(cast.nanna, "elsewhere", "elsewhere", "elsewhere"),
        },
        story,
        paths={
            "link-unbar": replace(story, unconfirmed=barred.link_id), "survey-choose": published,
            "survey-send": published,
        },
        fields={"panel-do": {"deed": "vote"}, "case-file-undo": {"record": story.reply}},
    )  # fmt: skip


@atomic
async def host(scope: object, panel_id: str, staff_id: str) -> None:
    """A panel that nobody hosted has a host."""
    await execute("UPDATE panel SET host_id = ? WHERE id = ?", staff_id, panel_id)


@reading
async def published_survey(scope: object, sendout_id: str) -> str:
    """The survey that was sent."""
    return str((await rows("SELECT survey_id FROM panel_sendout WHERE id = ?", sendout_id))[0]["survey_id"])


@atomic
async def without_caseworker(scope: object, person_id: str) -> None:
    """Nobody looks after a person: no caseworker, nobody who stands in, nothing handed to anybody or opened."""
    await execute("UPDATE person SET caseworker_id = NULL, substitute_id = NULL WHERE id = ?", person_id)
    await execute("UPDATE thread SET assigned_id = NULL WHERE person_id = ?", person_id)
    await execute("UPDATE alert SET owner_id = NULL WHERE person_id = ?", person_id)
    await execute("UPDATE opening SET closed_at = 0 WHERE person_id = ?", person_id)


class AsItWas:
    """The database as it is now, on SQLite: whether a step has changed it, and back to how it was in a moment."""

    def __init__(self) -> None:
        self._live: Any = get_connections().get("default")._connection  # type: ignore[attr-defined]
        self._kept = sqlite3.connect(":memory:", check_same_thread=False)
        self._changes = 0

    async def keep(self) -> AsItWas:
        """From now on this is how it was."""
        await self._live._execute(self._live._conn.backup, self._kept)
        await self._live.executescript(_noticed(await table_contents(HOUSE)))
        self._changes = self._live.total_changes
        return self

    async def changed(self) -> bool:
        """Whether anything but a look is otherwise now than it was; what was rolled back is not."""
        if self._live.total_changes == self._changes:
            return False
        return bool(await self._live.execute_fetchall("SELECT name FROM temp.noticed LIMIT 1"))

    async def back(self, *, looked: bool = False) -> None:
        """As it was. Where somebody only `looked`, the line of the trail may stay."""
        if not looked and self._live.total_changes != self._changes:
            await self._live._execute(self._kept.backup, self._live._conn)
            await self._live.execute_fetchall("DELETE FROM temp.noticed")
        self._changes = self._live.total_changes

    def close(self) -> None:
        """Forget it."""
        self._kept.close()


def _noticed(tables: Iterable[str]) -> str:
    """What writes down that a row of these tables was written: undone with it, where it is rolled back."""
    made = ["DROP TABLE IF EXISTS temp.noticed", "CREATE TEMP TABLE noticed (name TEXT)"]
    for table in tables:
        for verb in ("INSERT", "UPDATE", "DELETE"):
            name = f"noticed_{verb.lower()}_{table}"
            made.append(f"DROP TRIGGER IF EXISTS temp.{name}")
            note = f"INSERT INTO noticed VALUES ('{table}')"  # noqa: S608
            made.append(f"CREATE TEMP TRIGGER {name} AFTER {verb} ON main.{table} BEGIN {note}; END")
    return ";".join(made)


class Untouched:
    """A database nothing is expected to change: whether it did is seen once, at the end."""

    async def changed(self) -> bool:
        """Not known yet."""
        return False

    async def back(self, *, looked: bool = False) -> None:
        """It never left."""


async def _hired(scope: Scope, name: str, role: Role, now: datetime) -> Viewer:
    email = f"{name.split(maxsplit=1)[0].lower()}@example.org"
    key = await staff.add(scope, email=email, name=name, role=role, now=now - timedelta(days=400))
    return Viewer(key, None if scope is HOUSE else scope.municipality_id, role, name)
