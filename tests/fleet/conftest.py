from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from models.database import opened
from models.domain.people import YoungPerson
from models.settings import Settings, load
from models.transactions import Scope
from tests.cast import Cast, invite_the_cast, link
from tests.fleet.fleet import MASTER_KEY, Fleet
from tests.kill.ledger import Ledger
from tests.postgres import PostgresServer
from tests.webchat.served import Phone


@pytest.fixture(scope="session")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """One web chat for all fleets: it outlives every process."""
    ledger = Ledger(tmp_path_factory.mktemp("ledger"))
    ledger.start()
    yield ledger
    assert ledger.stop() == (0, b"")


@dataclass
class Harbour:
    """A database with the cast, a fleet that may set out, people at their phones. The database is open here too."""

    settings: Settings
    fleet: Fleet
    ledger: Ledger
    cast: Cast
    postgres: PostgresServer
    database: str
    phones: dict[str, Phone] = field(default_factory=dict)
    people: dict[str, YoungPerson] = field(default_factory=dict)

    async def join(self, name: str) -> Phone:
        """Somebody of the cast with their phone, linked and confirmed."""
        who = {"jonas": self.cast.siri, "astrid": self.cast.odd}.get(name, self.cast.mette)
        phone = self.phones[name] = await self.ledger.phone(name.capitalize())
        self.people[name] = await link(
            Scope(who.municipality_id), getattr(self.cast, name), phone.chat_id, now=datetime.now(UTC),
            confirmed_by=who.staff_id,
        )  # fmt: skip
        return phone

    async def shown(self, name: str) -> list[str]:
        """The texts somebody saw of Hørt's."""
        entries = await self.ledger.seen(self.phones[name].chat_id)
        return [entry["text"] for entry in entries if entry["kind"] == "message"]

    def admin(self) -> psycopg.Connection:
        """A superuser's connection to the fleet's database."""
        return self.postgres.admin(self.database)


@pytest.fixture
async def harbour(
    postgres: PostgresServer, postgres_template: str, ledger: Ledger, tmp_path: Path
) -> AsyncIterator[Harbour]:
    """A harbour of its own for each test."""
    await ledger.call("deleteWebhook", drop_pending_updates=True)
    database = postgres.create(postgres_template)
    fleet = Fleet(tmp_path, postgres.url(database), ledger.api, ledger.token)
    settings = load(fleet.environ, data_dir=tmp_path / "here")
    assert settings.master_key == MASTER_KEY
    async with opened(settings):
        cast = await invite_the_cast(datetime.now(UTC))
        harbour = Harbour(settings, fleet, ledger, cast, postgres, database)
        yield harbour
        fleet.kill()
        for phone in harbour.phones.values():
            await phone.web.close()
    postgres.drop(database)
    assert fleet.complaints() == []
