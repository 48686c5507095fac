"""Reads across the house: which municipalities there are. For the command line and the demo."""

from __future__ import annotations

from dataclasses import dataclass

from models.domain.staff import Role
from models.tables.panels import Panel, PanelPlace
from models.tables.register import Municipality
from models.tables.staff import Staff
from models.transactions import Scoped, reading, rows


@reading
async def municipality_by_slug(scope: Scoped, slug: str) -> str | None:
    """The id of a municipality by its slug, or None."""
    row = await Municipality.get_or_none(slug=slug)
    return row.id if row else None


@reading
async def municipality_called(scope: Scoped, name: str) -> str | None:
    """The id of a municipality by slug or name, with or without the word Kommune; None for none or several."""
    wanted = _plain(name)
    found = [row.id for row in await Municipality.all() if wanted in {_plain(row.slug), _plain(row.name)}]
    return found[0] if len(found) == 1 else None


def _plain(name: str) -> str:
    return name.casefold().removesuffix("kommune").strip()


@reading
async def municipalities(scope: Scoped) -> list[tuple[str, str]]:
    """Every municipality as (slug, id), by slug."""
    return [(row.slug, row.id) for row in await Municipality.all().order_by("slug")]


@reading
async def bot_username(scope: Scoped, bot: str) -> str:
    """The name by which a bot introduced itself, for invitation links; empty while it has not."""
    found = await rows("SELECT username FROM bot_state WHERE bot = ?", bot)
    return str(found[0]["username"]) if found else ""


@reading
async def bots(scope: Scoped) -> list[str]:
    """The names of the bots that have introduced themselves, in order."""
    return [str(row["bot"]) for row in await rows("SELECT bot FROM bot_state ORDER BY bot")]


@dataclass(frozen=True, slots=True)
class OfTheHouse:
    """An account without a municipality."""

    staff_id: str
    email: str
    name: str
    role: Role
    active: bool
    gets_in: bool


@dataclass(frozen=True, slots=True)
class PanelOfTheHouse:
    """A youth panel, who hosts it ("" for nobody), and of which municipalities it is."""

    panel_id: str
    name: str
    host: str
    slugs: tuple[str, ...]


@reading
async def staff_of_the_house(scope: Scoped) -> list[OfTheHouse]:
    """Everybody without a municipality, by e-mail."""
    found = Staff.filter(municipality_id=None).order_by("email")
    return [
        OfTheHouse(row.id, row.email, row.name, Role(row.role), row.active, bool(row.password_hash or row.sso_index))
        async for row in found
    ]


@reading
async def panels_of_the_house(scope: Scoped) -> list[PanelOfTheHouse]:
    """Every panel, by name."""
    slugs = {key: slug for slug, key in await municipalities(scope)}
    hosts = {one.staff_id: one.email for one in await staff_of_the_house(scope)}
    places: dict[str, list[str]] = {}
    for panel_id, municipality_id in await PanelPlace.all().values_list("panel_id", "municipality_id"):
        places.setdefault(str(panel_id), []).append(slugs[str(municipality_id)])
    return [
        PanelOfTheHouse(row.id, row.name, hosts.get(row.host_id or "", ""), tuple(sorted(places.get(row.id, []))))
        async for row in Panel.all().order_by("name", "id")
    ]
