"""What a page of the desk costs: server time and questions to the database, in a house of seven municipalities with
2,000 young people each and half a million messages, and in one a tenth of that.

`--quick`: a handful of people, to see that it runs; `--people` and `--messages` for other sizes; `--write` puts the
table into docs/performance.md. Exit 1 when a page fails, is slow, or asks more questions of a larger house.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import re
import sys
import tempfile
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import ClassVar

from aiohttp import CookieJar
from aiohttp.abc import AbstractAccessLogger, BaseRequest, StreamResponse
from aiohttp.test_utils import TestClient, TestServer
from tortoise.connection import get_connections

from backend.app import create_app
from benchmarks.desk_pages import pages, things
from benchmarks.durable_postgres import DurablePostgres
from benchmarks.measuring import machine, pace, percentile, table, write_marked
from hoert.demo import panel, writing
from hoert.demo.people import FIRST_NAMES, LAST_NAMES, PLACES, Place, Step, World, Young
from hoert.demo.writing import Talk, content_of
from hoert.serve import at_rest
from models import crypto
from models.actions import invented, staff
from models.actions.invented import Batch
from models.database import opened
from models.domain.alerts import Reason
from models.domain.register import Group
from models.domain.staff import Role, Viewer, sees_people
from models.migrate import migrate
from models.settings import Settings, load
from models.tables.fields import new_id
from models.tables.keys import Vault, ring, wrap_person
from models.transactions import HOUSE

NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
CASELOAD = 40
#: The goals: milliseconds of all but one in twenty, and questions to the database.
LIMIT = 100.0
MOST = 38
_ASKED = ("Hej, har du tid på torsdag?", "Jeg har fået et brev fra kommunen", "Tak for sidst", "Er mødet flyttet?")
_SAID = ("Ja, klokken to. Vi ses på biblioteket.", "Send mig et billede af det", "Selv tak!", "Nej, det står fast.")
#: Whom the panel has of each municipality.
_MEMBERS = 40
#: Who has one of everything.
_FIRST = "B-00000"
#: Entries of the trail for each young person.
_SEEN = 12


@dataclass
class Built:
    """Who looks, in one municipality: a caseworker with forty young people, the coordinator, the administrator; the
    panel host, the evaluator and the national board; and whom they look at."""

    caseworker: Viewer
    coordinator: Viewer
    person_id: str
    others: tuple[Viewer, ...]

    @property
    def viewers(self) -> tuple[Viewer, ...]:
        """Everybody who looks."""
        return (self.caseworker, self.coordinator, *self.others)


@dataclass
class Cost:
    """What one page cost the server, each time it was asked for, and how fast the machine was at that time."""

    questions: set[int] = field(default_factory=set)
    seconds: list[float] = field(default_factory=list)
    paces: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """Milliseconds."""
        return 1000 * percentile(self.seconds, 0.5)

    @property
    def slow(self) -> float:
        """Milliseconds of the slowest but one in twenty."""
        return 1000 * percentile(self.seconds, 0.95)


class Taken(AbstractAccessLogger):
    """Keeps how long the server had each request: from its last byte in to the answer's last byte out."""

    seconds: ClassVar[asyncio.Queue[float]]

    def log(self, request: BaseRequest, response: StreamResponse, time: float) -> None:
        """Called by the server when an answer is sent."""
        del request, response
        self.seconds.put_nowait(time)


class Questions(logging.Handler):
    """Counts what Tortoise says it asks of the database, while it is entered."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def emit(self, _record: logging.LogRecord) -> None:
        self.count += 1

    def __enter__(self) -> Questions:
        self._log = logging.getLogger("tortoise.db_client")
        self._before = self._log.level
        self._log.setLevel(logging.DEBUG)
        self._log.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._log.removeHandler(self)
        self._log.setLevel(self._before)


async def build(people: int, messages: int, dice: random.Random) -> Built:
    """Seven municipalities of `people` young people with `messages` messages each; who looks in the first one."""
    found: Built | None = None
    world = World(7, NOW.date() - timedelta(days=700), NOW, {}, {})
    for number, place in enumerate(PLACES):
        key, batch = new_id(), Batch()
        clear, wrapped = ring().new_municipality(key)
        long_ago = NOW - timedelta(days=1200)
        batch.add(
            "municipality", id=key, slug=place.slug, name=place.name, region=place.region, phone="00 11 10 00",
            telegram_content="full", settings={}, created_at=long_ago,
        )  # fmt: skip
        batch.add("municipality_key", municipality_id=key, wrapped=wrapped)
        team = [
            _staff(batch, key, f"Sagsbehandler {one}", Role.CASEWORKER, f"c{one}.{place.slug}", long_ago)
            for one in range(max(1, people // CASELOAD))
        ]
        lead = _staff(batch, key, "Per Lund", Role.COORDINATOR, f"lead.{place.slug}", long_ago)
        run = _staff(batch, key, "Else Holm", Role.ADMINISTRATOR, f"run.{place.slug}", long_ago)
        world.municipalities[place.name] = key
        first, lately = "", list[Young]()
        for one in range(people):
            worker = team[one % len(team)]
            young = _young(key, clear, place, one, worker.staff_id, dice)
            young.substitute_id = team[(one + 1) % len(team)].staff_id
            first = first or young.id
            _live(batch, young, worker.staff_id, messages, dice)
            if one < _MEMBERS:
                world.people.append(young)
            lately.append(young)
            if len(batch.new.get("message", ())) > 20_000 or one == people - 1:
                # What is older than two months was decided about and handed over.
                writing.put_case_file(batch, lately, NOW - timedelta(days=60), decided={}, behind=frozenset())
                await invented.write(HOUSE, batch)
                batch, lately = Batch(), []
        if number == 0:
            found = Built(team[0], lead, first, (run,))
    assert found is not None
    batch = Batch()
    roles = ((Role.PANEL_HOST, panel.HOST), (Role.EVALUATOR, "Eva Lind"), (Role.NATIONAL, "Nina Dam"))
    beyond = tuple(_staff(batch, None, name, role, role.value, NOW) for role, name in roles)
    await invented.write(HOUSE, batch)
    world.staff[panel.HOST] = beyond[0].staff_id
    await panel.tell(world, world.people.pop(), NOW)
    return replace(found, others=(*found.others, *beyond))


def _staff(batch: Batch, municipality_id: str | None, name: str, role: Role, account: str, at: datetime) -> Viewer:
    key = new_id()
    batch.add(
        "staff", id=key, municipality_id=municipality_id, email=f"{account}@example.org", name=name,
        first_name=name.split(maxsplit=1)[0], role=role.value, duty_holder=role is Role.COORDINATOR, created_at=at,
    )  # fmt: skip
    return Viewer(key, municipality_id, role, name)


def _young(
    municipality_id: str, over: bytes, place: Place, number: int, caseworker_id: str, dice: random.Random
) -> Young:
    person_id, key = new_id(), crypto.new_key()
    born = date(2004, 1, 1) + timedelta(days=dice.randrange(1500))
    return Young(
        id=person_id, place=place, municipality_id=municipality_id, reference=f"B-{number:05}",
        first_name=dice.choice(FIRST_NAMES), last_name=dice.choice(LAST_NAMES), birth=born, group=Group.PLACED,
        language="da", entered_on=date(2024, 1, 1), left_on=date(2030, 1, 1), offered_on=date(2025, 3, 1),
        joined_at=NOW - timedelta(days=400), situation="", figures=True, checkins=True, leaning=0.0, eager=1.0,
        mood=60.0, who5_weeks=4, who5_day=1, talks=True, vault=Vault(municipality_id, person_id, key),
        wrapped=wrap_person(over, person_id, key), caseworker_id=caseworker_id,
    )  # fmt: skip


def _live(batch: Batch, young: Young, staff_id: str, messages: int, dice: random.Random) -> None:
    """A thread of so many messages over a year, an offer, feedback; one in twelve waits, one in twenty has an alert,
    one in ten has not been heard from for two months."""
    writing.put_person(batch, young, now=NOW, offered_on=young.offered_on)
    step = timedelta(days=360) / max(1, messages)
    waits = dice.random() < 1 / 12
    begun = NOW - timedelta(days=361 + 45 * (dice.random() < 1 / 10))
    # As the product keeps it: whoever writes has seen the chat.
    writing.put_joined(batch, young, now=NOW, seen_at=begun + step * 2 * (messages // 2 - 1))
    talk = Talk(batch, young)
    for number in range(messages // 2):
        at = begun + step * 2 * number
        talk.hears(at, dice.choice(_ASKED))
        if number < messages // 2 - 1 or not waits:
            talk.says(at + timedelta(hours=2), dice.choice(_SAID), staff_id)
    talk.close(staff_id)
    for number in range(min(messages, _SEEN)):
        writing.put_trail(batch, young, "person.view", staff_id, NOW - timedelta(days=number, hours=2))
    at = NOW - timedelta(days=dice.randrange(5, 300))
    content = content_of({"title": "Kontaktperson", "what": "To timer om ugen", "purpose": "bolig og hverdag"})
    steps = [Step("drafted", at), Step("published", at)]
    if dice.random() < 0.8:
        steps.append(Step("yes", at + timedelta(days=2)))
    writing.put_offer(batch, young, "contact_person", content, steps, staff_id)
    if dice.random() < 0.2 or young.reference == _FIRST:
        writing.put_feedback(batch, young, "meeting", "caseworker", at, words="Der var for mange voksne")
    if dice.random() < 0.05 or young.reference == _FIRST:
        writing.put_alert(batch, young, Reason.CANNOT_WAIT, NOW - timedelta(hours=3), staff_id)


async def look(settings: Settings, built: Built, rounds: int) -> dict[tuple[str, str], Cost]:
    """Every page, by each who looks, `rounds` times; the first time is not counted."""
    found: dict[tuple[str, str], Cost] = {}
    server = TestServer(create_app(settings, _Stands(), bot_username="hoert_bench_bot"))
    Taken.seconds = asyncio.Queue()
    await server.start_server(access_log_class=Taken)
    at_rest()  # as a process that serves
    run = next(one for one in built.viewers if one.role is Role.ADMINISTRATOR)
    known = await things(built.caseworker, built.coordinator, run, built.person_id, now=NOW)
    for viewer in built.viewers:
        client = TestClient(server, cookie_jar=CookieJar(unsafe=True))
        signed_in = await staff.open_session(HOUSE, viewer.staff_id, now=NOW)
        client.session.cookie_jar.update_cookies({"hoert": signed_in.token}, server.make_url("/"))
        home = await (await client.get("/settings")).text()
        token = re.search(r'name="csrf-token" content="([0-9a-f]*)"', home)
        assert token is not None
        for page in pages(viewer.role, known):
            await _ask(client, page.path, found.setdefault((page.shown, viewer.role.value), Cost()), rounds)
        if sees_people(viewer.role):
            form = {"csrf": token.group(1), "words": "mødet torsdag"}
            await _ask(
                client, "/search", found.setdefault(("/search, of words", viewer.role.value), Cost()), rounds, form
            )
        await client.session.close()
    await server.close()
    return found


async def _ask(client: TestClient, path: str, cost: Cost, rounds: int, form: dict[str, str] | None = None) -> None:
    async def once() -> None:
        if form is None:
            answer = await client.get(path)
        else:
            answer = await client.post(path, data=form, headers={"Sec-Fetch-Site": "same-origin"})
        await answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path} answers {answer.status}")

    await once()
    with Questions() as questions:
        await once()
    cost.questions.add(questions.count)
    for _ in range(rounds):
        cost.paces.append(pace())
        Taken.seconds = asyncio.Queue()
        await once()
        cost.seconds.append(await Taken.seconds.get())


class _Stands:
    """A clock that stands."""

    def now(self) -> datetime:
        return NOW

    real_now = now


async def run(settings: Settings, people: int, messages: int, rounds: int) -> dict[tuple[str, str], Cost]:
    """Build a house and look at every page of it."""
    async with opened(settings, everywhere=False):
        await migrate(settings)
        built = await build(people, messages, random.Random(7))
        await _settled()
        return await look(settings, built, rounds)


async def _settled() -> None:
    """The statistics that a database in use has."""
    await get_connections().get("default").execute_script("ANALYZE")


def main() -> int:
    """Builds both houses, prints the table; 1 when a page is slow, fails, or asks more of a larger house."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--messages", type=int, default=36)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--write", action="store_true")
    given, _ = parser.parse_known_args()
    logging.getLogger().setLevel(logging.WARNING)
    people, messages, rounds = (10, 6, 1) if given.quick else (given.people, given.messages, given.rounds)
    with tempfile.TemporaryDirectory(prefix="hoert-pages-") as folder:
        server = DurablePostgres(Path(folder))
        server.start()
        where = machine(Path(folder))
        try:
            large = asyncio.run(run(_settings(server, folder, "large"), people, messages, rounds))
            # A quick run only shows that it runs: there is nothing to compare one tiny house with.
            small = (
                large
                if given.quick
                else asyncio.run(run(_settings(server, folder, "small"), max(people // 10, 10), messages, 2))
            )
        finally:
            server.stop()
    text = _report(small, large, people, messages, where)
    print(text)
    if given.write:
        write_marked("pages", text)
    more = [path for path, cost in large.items() if cost.questions != small[path].questions]
    for path in more:
        print(f"{path} asks {large[path].questions} in the large house, {small[path].questions} in the small one")
    many = [path for path, cost in large.items() if max(cost.questions) > MOST]
    slow = [path for path, cost in large.items() if cost.slow > LIMIT]
    for what, those in (("asks more than it may", many), ("is slow", slow)):
        for path, role in those:
            print(f"{path} ({role}) {what}")
    return 1 if more or many or (slow and not given.quick) else 0


def _settings(server: DurablePostgres, folder: str, name: str) -> Settings:
    data = Path(folder) / name
    data.mkdir(mode=0o700)
    return load({"HOERT_DATABASE_URL": server.create(f"pages_{name}")}, demo=True, data_dir=data)


def _report(
    small: dict[tuple[str, str], Cost], large: dict[tuple[str, str], Cost], people: int, messages: int, where: str
) -> str:
    rows = []
    worst: dict[str, tuple[str, Cost]] = {}
    for (path, role), cost in large.items():
        if path not in worst or cost.median > worst[path][1].median:
            worst[path] = (role, cost)
    for path, (role, cost) in worst.items():
        asked = "/".join(str(one) for one in sorted(cost.questions | small[path, role].questions))
        rows.append(
            [
                f"{path} ({role})",
                asked,
                f"{small[path, role].median:.0f}",
                f"{cost.median:.0f}",
                f"{cost.slow:.0f}",
                f"{percentile(cost.paces, 0.5):.0f}",
            ]
        )
    head = ["page", "questions", "small house, ms", "large house, ms", "slowest of twenty, ms", "pace, ms"]
    size = f"7 × {people:,} people, {7 * people * messages:,} messages; the small house a tenth of it"
    return f"{where}; PostgreSQL; {size}.\n\n{table(head, rows)}"


if __name__ == "__main__":
    sys.exit(main())
