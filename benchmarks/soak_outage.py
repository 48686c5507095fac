"""Telegram is away while 5,000 letters wait: then all goes out in order, the most urgent first, within 10 minutes.

The server is away for `--minutes` (an hour looks the same to the bot after the first one: it looks every half minute).
Ends with 1 when anything is lost, seen twice or out of order, when a crisis letter was not among the first, or when
5,000 letters at the pace seen would need more than 10 minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import time

from benchmarks.soaking import ENGINES, house, now, senders
from models.domain.delivery import LetterClass
from models.transactions import HOUSE, Scope
from tests.bot_engine import crowd

URGENT = 5
#: Within so many arrivals whatever is urgent must have come: each scout that was ready before it may go first.
AMONG_THE_FIRST = 30


async def drained(engine: str, people: int, minutes: float) -> bool:
    """One outage on one engine; prints what was seen, and says whether every promise was kept."""
    async with house(engine) as (settings, cast, telegram, help_file):
        here = Scope(cast.randers)
        chats = await telegram.chats(people + URGENT)
        links = await crowd.gather(here, chats, caseworker=cast.mette.staff_id, now=now())
        async with senders(settings, telegram, help_file):
            await telegram.leave()
            await crowd.broadcast(here, links[URGENT:], key="notice", now=now())
            await asyncio.sleep(30 * minutes)
            await crowd.broadcast(here, links[:URGENT], key="crisis", now=now(), letter_class=LetterClass.CRISIS)
            await asyncio.sleep(30 * minutes)
            tried = await crowd.most_tries(HOUSE)
            await telegram.arrive()
            back = time.time()
            await crowd.all_sent(HOUSE, 120 + people / 10)
        lost, order = await crowd.left(HOUSE), await crowd.out_of_order(HOUSE)
        ledger = await telegram.call("getLedger")
    instants = crowd.ledger_instants(ledger)
    urgent = [ledger["chats"][str(chat)]["entries"][0]["at"] for chat in chats[:URGENT]]
    late = sum(at < max(urgent) for at in instants)
    pace = (len(instants) - 1) / (instants[-1] - instants[0])
    minutes_for_all = (instants[0] - back + 5000 / pace) / 60
    kept = (lost, crowd.doubles(ledger), order, tried) == (0, [], [], 0)
    kept = kept and late < AMONG_THE_FIRST and minutes_for_all <= 10
    print(
        f"{engine:<14} {len(instants)} letters  away {minutes:g} min  first after {instants[0] - back:.1f} s  "
        f"pace {pace:.1f}/s, 5,000 in {minutes_for_all:.1f} min  urgent among the first {late + 1}  lost {lost}  "
        f"seen twice {len(crowd.doubles(ledger))}  tries used up {tried}  {'good' if kept else 'NOT GOOD'}",
        flush=True,
    )
    return kept


def main() -> int:
    """Measures and prints; 1 when a promise was not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=5000)
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--engine", choices=ENGINES, action="append")
    given = parser.parse_args()
    kept = [asyncio.run(drained(engine, given.people, given.minutes)) for engine in given.engine or ENGINES]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    raise SystemExit(main())
