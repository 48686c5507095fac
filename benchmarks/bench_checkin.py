"""A WHO-5 check-in, many people at once: Hørt as it ships beside a textbook PTB bot and an aiogram bot.

Rounds are interleaved, because only ratios from one run count; every contestant's answers are compared with what was
pressed, and where they differ a sentence stands instead of a figure.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from statistics import median

from benchmarks.bot_api import TOKEN, BotApi
from benchmarks.contests import AIOGRAM, UPDATES, Arena, Contestant, Measured, Sizes, houses, peers
from benchmarks.measuring import ROOT, machine, percentile, table, write_marked

Figure = Callable[[Measured], float]
FIGURES: dict[str, Figure] = {
    "check-ins/s": lambda one: one.near.people / one.near.seconds,
    "CPU per update, ms": lambda one: 1000 * one.cpu / (UPDATES * one.near.people),
    "p50, ms": lambda one: 1000 * median(one.near.waits),
    "p99, ms": lambda one: 1000 * percentile(one.near.waits, 0.99),
    "far: check-ins/s": lambda one: one.far.people / one.far.seconds,
    "far: p50, ms": lambda one: 1000 * median(one.far.waits),
    "far: p99, ms": lambda one: 1000 * percentile(one.far.waits, 0.99),
    "calls": lambda one: one.calls / one.near.people,
    "peak, MB": lambda one: one.megabytes,
    "start, s": lambda one: one.start,
}


def main() -> int:
    # Whoever stops us gets no PostgreSQL and no folder left behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    given = _arguments()
    sizes = Sizes(2, 2, 1, 1, rest=0.1) if given.quick else Sizes(given.people, 32, given.far_people, 64)
    sizes = replace(sizes, deliver_at_once=given.deliver_at_once)
    if not AIOGRAM.exists():
        print("aiogram's environment .venv-aiogram is not there: make the tests' environments first.", file=sys.stderr)
        return 1
    contestants = [one for one in peers() + houses(given.engine or [""]) if one.key[0] in given.only]
    with tempfile.TemporaryDirectory(prefix="hoert-bench-") as folder:
        arena = Arena(Path(folder), sizes)
        try:
            rounds = 1 if given.quick else given.rounds
            found = asyncio.run(
                _side_by_side(arena, contestants) if given.quick else _rounds(arena, contestants, rounds)
            )
            ceilings = "" if given.quick else "\n\n" + asyncio.run(_ceilings(Path(folder)))
        finally:
            arena.close()
        text = _report(contestants, found, sizes, rounds, machine(Path(folder))) + ceilings
    print(text)
    if given.write:
        write_marked("checkin", text)
    return 0 if all(not one.fault for measured in found.values() for one in measured) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--people", type=int, default=96, help="check-ins in a round without a round trip")
    parser.add_argument("--far-people", type=int, default=64, help="check-ins in a round at 40 ms")
    parser.add_argument("--only", default="FTAHP", help="contestants by letter")
    parser.add_argument("--engine", action="append", help="HOERT_ENGINE for Hørt on PostgreSQL; may be given twice")
    parser.add_argument("--deliver-at-once", action="store_true", help="at 40 ms spare the polls: webhook-like")
    parser.add_argument("--quick", action="store_true", help="one round of a few people, to see that it runs")
    parser.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    return parser.parse_args()


async def _rounds(arena: Arena, contestants: list[Contestant], rounds: int) -> dict[str, list[Measured]]:
    found: dict[str, list[Measured]] = {one.key: [] for one in contestants}
    for number in range(rounds):
        for contestant in contestants:
            measured = await arena.measure(contestant)
            found[contestant.key].append(measured)
            said = measured.fault or f"{FIGURES['check-ins/s'](measured):.1f} check-ins/s"
            print(f"round {number + 1} of {rounds}, {contestant.name}: {said}", file=sys.stderr, flush=True)
    return found


async def _side_by_side(arena: Arena, contestants: list[Contestant]) -> dict[str, list[Measured]]:
    """One round of all at the same time: quick, and its figures mean nothing."""
    found = await asyncio.gather(*(arena.measure(contestant) for contestant in contestants))
    return {one.key: [measured] for one, measured in zip(contestants, found, strict=True)}


def _report(
    contestants: list[Contestant], found: dict[str, list[Measured]], sizes: Sizes, rounds: int, where: str
) -> str:
    sound = [one for one in contestants if not any(measured.fault for measured in found[one.key])]
    parts = [
        f"{where}; PTB {version('python-telegram-bot')}, aiogram {_aiogram()}; medians of {rounds} interleaved rounds, "
        f"{sizes.people} people, {sizes.at_once} at once; far: {sizes.far_people} people, {sizes.far_at_once} at once, "
        f"{sizes.round_trip} ms round trip{', polls spared' if sizes.deliver_at_once else ''}."
    ]
    ratios = [
        [
            f"{ours.name} ÷ {theirs.name}",
            *(_ratio(FIGURES[name], found[ours.key], found[theirs.key]) for name in FIGURES),
        ]
        for ours in sound
        if ours.database
        for theirs in sound
        if theirs.key in "TA"
    ]
    if ratios:
        parts.append(table(["ratio", *FIGURES], ratios))
    figures = [[one.name, *(_middle(figure, found[one.key]) for figure in FIGURES.values())] for one in sound]
    parts.append(table(["absolute", *FIGURES], figures))
    for one in contestants:
        faults = [measured.fault for measured in found[one.key] if measured.fault]
        if faults:
            parts.append(f"{one.name} has no figures: {faults[0]}.")
    return "\n\n".join(parts)


def _ratio(figure: Figure, ours: list[Measured], theirs: list[Measured]) -> str:
    """The median of the ratios of each round."""
    return _number(median(figure(a) / figure(b) for a, b in zip(ours, theirs, strict=True)))


def _middle(figure: Figure, rounds: list[Measured]) -> str:
    return _number(median(map(figure, rounds)))


def _number(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def _aiogram() -> str:
    asked = [str(AIOGRAM), "-c", "import aiogram; print(aiogram.__version__)"]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()


async def _ceilings(folder: Path) -> str:
    """How many edits a second our web chat's server answers, and the one all contestants were measured on."""
    api = BotApi()
    await api.start()
    ours = await _edits(api.address, TOKEN, list(range(1, 33)), 4000)
    await api.close()
    webchat = await _webchat_edits(folder)
    return (
        f"The Bot API server of the benchmark answers {ours:,.0f} edits a second, the web chat's own server "
        f"{webchat:,.0f} (it encrypts and commits each one). The latter would have been what is measured, with a "
        f"ceiling of about {webchat / 12:.0f} check-ins/s, so all contestants were measured on the former."
    )


async def _webchat_edits(folder: Path) -> float:
    import aiohttp

    (folder / "token").write_text(TOKEN, encoding="utf-8")
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.webchat", "--bot-port", "0", "--page-port", "0", "--data", str(folder / "webchat"),
        "--token-file", str(folder / "token"), "--extensions", "--no-rates", cwd=ROOT, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert server.stdout is not None
        address = f"http://127.0.0.1:{json.loads(await server.stdout.readline())['bot_port']}"
        chats = []
        async with aiohttp.ClientSession() as session:
            for _ in range(32):
                made = {"first_name": "x", "language_code": "da", "started": True}
                async with session.post(f"{address}/bot{TOKEN}/createChatSession", json=made) as answer:
                    chats.append((await answer.json())["result"]["chat_id"])
        return await _edits(address, TOKEN, chats, 1000)
    finally:
        server.terminate()
        await server.wait()


async def _edits(address: str, token: str, chats: list[int], count: int) -> float:
    client = await asyncio.create_subprocess_exec(
        sys.executable, str(Path(__file__).parent / "contestants" / "floor.py"), "calls", address, token,
        json.dumps(chats), str(count), stdout=subprocess.PIPE,
    )  # fmt: skip
    said, _ = await client.communicate()
    return float(said)


if __name__ == "__main__":
    raise SystemExit(main())
