"""Hands that fall asleep: a process that fetches no jobs any more kills itself; while there is no database, never."""

from __future__ import annotations

import asyncio
import time

import pytest

from hoert.watchdog import Watchdog
from models.database import opened
from models.engine import engine
from models.jobs import connection_words
from models.settings import Settings, load
from tests.bot_engine.script import until
from tests.fleet.conftest import Harbour
from tests.hoert.operating import free_bind
from tests.postgres import PostgresServer

#: Longer than a canary takes on a busy machine, shorter than anybody wants to wait.
PATIENCE = 4.0


async def test_a_process_whose_hands_have_fallen_asleep_kills_itself_and_nobody_else(harbour: Harbour) -> None:
    """G 69."""
    sleeper = harbour.fleet.launch(str(PATIENCE), module="tests.fleet.sleeper")
    await sleeper.up()
    await asyncio.sleep(PATIENCE + 1)
    assert sleeper.process.poll() is None
    # Nobody can fetch a job, and yet the database answers: as on a connection that is only half there.
    with harbour.admin() as blocking, blocking.transaction():
        blocking.execute("LOCK TABLE procrastinate_jobs IN ACCESS EXCLUSIVE MODE")
        assert await sleeper.ended(PATIENCE + 15) == -9
    assert "watchdog.asleep" in sleeper.events()


@pytest.mark.parametrize("bots", [("webchat",), ("telegram", "webchat")])
async def test_every_pair_of_hands_gives_a_sign_of_life(
    postgres: PostgresServer, postgres_template: str, tmp_path_factory: pytest.TempPathFactory, bots: tuple[str, ...]
) -> None:
    name = postgres.create(postgres_template)
    settings = load(
        {"HOERT_DATABASE_URL": postgres.url(name)}, demo=True, data_dir=tmp_path_factory.mktemp("here")
    )  # fmt: skip
    heard: set[str] = set()

    async def hear(queue: str) -> None:
        heard.add(queue)

    async with opened(settings):
        workers = engine().workers({}, bots)  # type: ignore[union-attr]
        await workers.start(hear)
        queues = {group.queue for group in workers.groups}  # type: ignore[attr-defined]
        await until(lambda: heard == queues)
        await workers.stop()
    postgres.drop(name)


@pytest.mark.parametrize(("database_answers", "bites"), [(True, 1), (False, 0)])
def test_while_the_database_does_not_answer_nobody_is_killed(
    postgres: PostgresServer, postgres_template: str, database_answers: bool, bites: int
) -> None:
    """G 69."""
    words = connection_words(_settings(postgres.url(postgres_template)))
    if not database_answers:
        words |= {"host": "127.0.0.1", "port": int(free_bind().rpartition(":")[2])}
    bitten: list[float] = []
    watchdog = Watchdog(lambda: 100.0, words, patience=90.0, look=0.02, bite=lambda: bitten.append(1.0))
    watchdog.start()
    time.sleep(0.5)
    watchdog.stop()
    assert len(bitten) == bites


def _settings(url: str) -> Settings:
    return Settings(data_dir=None, database_url=url, master_key=bytes(32))  # type: ignore[arg-type]
