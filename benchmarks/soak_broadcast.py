"""A notice to 5,000 people at Telegram's pace, on each engine, while staff go on answering.

Ends with 1 when it takes longer than 1.05 of the ideal time, when the server refused anything for being too fast, when
more than 31 came in any second from one sender (33 from two, whose doors know nothing of one another), or when a staff
reply took 2 seconds or more.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from dataclasses import dataclass

from benchmarks.soaking import ENGINES, house, now, senders
from models.actions import messages
from models.domain.staff import Viewer
from models.transactions import HOUSE, Scope
from tests.bot_engine import crowd

PER_SECOND = 30.0
CORRESPONDENTS = 20
_EVERY = 1.5


@dataclass(frozen=True, slots=True)
class Measured:
    """One run. Seconds; `waits` of staff replies, from the press of the button to the server's ledger, sorted."""

    engine: str
    senders: int
    letters: int
    wall: float
    most: int
    again: int
    doubles: int
    waits: list[float]

    @property
    def ideal(self) -> float:
        """What 30 a second would take."""
        return (self.letters - 1) / PER_SECOND

    @property
    def good(self) -> bool:
        """Whether every promise was kept."""
        fast = self.wall <= 1.05 * self.ideal and max(self.waits, default=0.0) < 2
        return fast and self.most <= 29 + 2 * self.senders and self.again == 0 and self.doubles == 0

    def __str__(self) -> str:
        waits = self.waits or [0.0]
        middle, late = waits[len(waits) // 2], waits[min(len(waits) - 1, len(waits) * 99 // 100)]
        return (
            f"{self.engine:<14} {self.senders} sending  {self.letters} letters  wall {self.wall:.1f} s = "
            f"{self.wall / self.ideal:.3f} x ideal  most in a second {self.most}  tried again {self.again}  "
            f"seen twice {self.doubles}  reply p50 {middle:.2f} p99 {late:.2f} max {waits[-1]:.2f} s ({len(waits)})  "
            f"{'good' if self.good else 'NOT GOOD'}"
        )


async def measure(engine: str, people: int) -> Measured:
    """A broadcast to `people` chats on this engine."""
    async with house(engine) as (settings, cast, telegram, help_file):
        here = Scope(cast.randers)
        chat_ids = await telegram.chats(people + CORRESPONDENTS)
        links = await crowd.gather(here, chat_ids, caseworker=cast.mette.staff_id, now=now())
        async with senders(settings, telegram, help_file) as count:
            await crowd.broadcast(here, links[CORRESPONDENTS:], key="notice", now=now())
            written = await _answering(cast.mette, links[:CORRESPONDENTS], people / PER_SECOND)
            await crowd.all_sent(HOUSE, 2 * people / PER_SECOND + 30)
        ledger = await telegram.call("getLedger")
        seen = {
            entry["text"].rpartition("\n")[2]: entry["at"]
            for chat in chat_ids[:CORRESPONDENTS]
            for entry in ledger["chats"].get(str(chat), {"entries": []})["entries"]
        }
        instants = crowd.ledger_instants(ledger)
        return Measured(
            engine, count, len(instants), instants[-1] - instants[0], crowd.most_in_a_second(instants),
            await crowd.tried_again(HOUSE), len(crowd.doubles(ledger)),
            sorted(seen.get(words, float("inf")) - at for words, at in written.items()),
        )  # fmt: skip


async def _answering(staff: Viewer, links: list[str], seconds: float) -> dict[str, float]:
    """Staff answer one after the other while the notice goes out; what they wrote and when."""
    written: dict[str, float] = {}
    until = time.monotonic() + seconds
    people = await crowd.people(staff, links)
    threads: dict[str, tuple[str, int]] = {}
    while time.monotonic() < until:
        link = links[len(written) % len(links)]
        if link not in threads:
            threads[link] = (await messages.open_thread(staff, people[link], now=now()), 0)
        thread, version = threads[link]
        words = f"Svar nummer {len(written)}."
        written[words] = time.time()
        await messages.reply(staff, thread, words, version=version, key=words, now=now())
        threads[link] = (thread, version + 1)
        await asyncio.sleep(_EVERY)
    return written


def main() -> int:
    """Measures and prints; 1 when a promise was not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=5000)
    parser.add_argument("--engine", choices=ENGINES, action="append")
    given = parser.parse_args()
    kept = True
    for engine in given.engine or ENGINES:
        measured = asyncio.run(measure(engine, given.people))
        print(measured, flush=True)
        kept = kept and measured.good
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
