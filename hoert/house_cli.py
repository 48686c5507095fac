"""What belongs to no municipality alone: first administrators, panel hosts, evaluators, the national board, panels.

Each deed is a function of what was typed; what it returns is done in the open database and says what came of it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import TypeAlias

from locales import text
from models.actions import panels, staff_house
from models.actions.staff_administered import Way
from models.database import opened
from models.domain.errors import NotFound, Refusal
from models.domain.staff import Role
from models.migrate import check
from models.queries import house
from models.queries.house import OfTheHouse, PanelOfTheHouse
from models.settings import Settings
from models.transactions import HOUSE, Scope

Say: TypeAlias = Callable[[str], None]
#: Done in the open database, at a moment: the lines to say.
Deed: TypeAlias = Callable[[Settings, datetime], Awaitable[list[str]]]

_LANGUAGE = "en"
_LONGEST_NAME = 80


class Refused(Exception):
    """A plain-word no to the operator."""


async def done(settings: Settings, deed: Deed, *, say: Say, refuse: Say) -> int:
    """Do one deed; returns the exit status."""
    async with opened(settings):
        await check(settings)
        try:
            for line in await deed(settings, datetime.now(UTC)):
                say(line)
        except Refused as refused:
            refuse(str(refused))
            return 1
        except Refusal as refused:
            refuse(text(f"refusal.{refused.code}", _LANGUAGE))
            return 1
    return 0


def create_administrator(email: str, name: str, municipality: str) -> Deed:
    """The first administrator of a municipality; of the only one, where none is named."""

    async def deed(settings: Settings, now: datetime) -> list[str]:
        here = dict(await house.municipalities(HOUSE))
        if not here:
            raise Refused("There is no municipality yet. First: hoert municipality add SLUG NAME")
        if not municipality and len(here) > 1:
            raise Refused(f"Of which municipality? Add --municipality and one of: {', '.join(here)}.")
        scope = Scope(_place(here, municipality) if municipality else next(iter(here.values())))
        called = name or email.split("@", maxsplit=1)[0]
        return _link(settings, await staff_house.engage(scope, email, called, Role.ADMINISTRATOR, now=now))

    return deed


def list_staff() -> Deed:
    """Everybody without a municipality."""

    async def deed(_: Settings, _now: datetime) -> list[str]:
        found = await house.staff_of_the_house(HOUSE)
        return [f"{one.email} · {one.name} · {one.role.value} · {_state(one)}" for one in found] or ["Nobody yet."]

    return deed


def add_staff(email: str, name: str, role: str) -> Deed:
    """One more of them."""

    async def deed(settings: Settings, now: datetime) -> list[str]:
        return _link(settings, await staff_house.engage(HOUSE, email, name, Role(role), now=now))

    return deed


def reset_staff(email: str) -> Deed:
    """A new one-time link for one of them, or for an administrator."""

    async def deed(settings: Settings, now: datetime) -> list[str]:
        try:
            way = await staff_house.let_in_again(HOUSE, email, now=now, real_now=now)
        except NotFound:
            raise Refused(
                "No administrator, panel host, evaluator or member of the national board has that e-mail. "
                "For everybody else their municipality's administrator makes the link, at the desk."
            ) from None
        return _link(settings, way)

    return deed


def close_staff(email: str) -> Deed:
    """Close one of their accounts."""

    async def deed(_: Settings, now: datetime) -> list[str]:
        try:
            await staff_house.close(HOUSE, email, now=now, real_now=now)
        except NotFound:
            raise Refused("No panel host, evaluator or member of the national board has that e-mail.") from None
        return ["Closed. They are signed out everywhere."]

    return deed


def list_panels() -> Deed:
    """Every panel."""

    async def deed(_: Settings, _now: datetime) -> list[str]:
        found = await house.panels_of_the_house(HOUSE)
        return [f"{one.name} · {one.host or 'no host'} · {', '.join(one.slugs)}" for one in found] or ["None yet."]

    return deed


def found_panel(name: str, host: str, municipality: Sequence[str]) -> Deed:
    """A panel of these municipalities."""

    async def deed(_: Settings, now: datetime) -> list[str]:
        called = " ".join(name.split())
        if not 0 < len(called) <= _LONGEST_NAME:
            raise Refused(f"A panel's name has 1 to {_LONGEST_NAME} characters.")
        if _called(await house.panels_of_the_house(HOUSE), called):
            raise Refused(f"There is a panel called {called} already.")
        here = dict(await house.municipalities(HOUSE))
        places = [_place(here, slug) for slug in dict.fromkeys(municipality)]
        await panels.found(HOUSE, called, places, await _host(host), now=now)
        return [f"{called} is founded. Its members join it in the chat, and {host} finds it at the desk."]

    return deed


def give_panel(name: str, host: str) -> Deed:
    """Another host."""

    async def deed(_: Settings, now: datetime) -> list[str]:
        panel = await _panel(name)
        await panels.give(HOUSE, panel.panel_id, await _host(host), now=now)
        return [f"{panel.name} is hosted by {host} from now on."]

    return deed


def widen_panel(name: str, municipality: Sequence[str]) -> Deed:
    """More municipalities."""

    async def deed(_: Settings, now: datetime) -> list[str]:
        panel, here = await _panel(name), dict(await house.municipalities(HOUSE))
        await panels.widen(HOUSE, panel.panel_id, [_place(here, slug) for slug in municipality], now=now)
        return [f"Young people of {', '.join(municipality)} may join {panel.name}."]

    return deed


def _link(settings: Settings, way: Way) -> list[str]:
    lives = "half an hour" if way.again else "24 hours"
    return [f"One-time link, for {lives}, to choose a password:", f"{settings.public_url}/welcome#{way.token}"]


def _state(one: OfTheHouse) -> str:
    if not one.active:
        return "closed"
    return "active" if one.gets_in else "has not chosen a password yet"


def _place(here: dict[str, str], slug: str) -> str:
    if slug not in here:
        raise Refused(f"There is no municipality called {slug} here.")
    return here[slug]


def _called(found: list[PanelOfTheHouse], name: str) -> list[PanelOfTheHouse]:
    return [one for one in found if one.name.casefold() == " ".join(name.split()).casefold()]


async def _panel(name: str) -> PanelOfTheHouse:
    found = _called(await house.panels_of_the_house(HOUSE), name)
    if len(found) != 1:
        raise Refused(f"There is no panel called {name}.")
    return found[0]


async def _host(email: str) -> str:
    for one in await house.staff_of_the_house(HOUSE):
        if one.email == email.strip().lower() and one.role is Role.PANEL_HOST and one.active:
            return one.staff_id
    raise Refused(f"No panel host has the e-mail {email}. First: hoert staff add {email} --name NAME --role panel_host")
