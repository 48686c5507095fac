"""A random walk of ten thousand steps through everything a young person can press, with restarts in between.

`--steps` says how many, `--seed` which walk, `--minutes` instead of steps for how long. Exit 1 with the way that led to
a fault, a dead end, a mixed language or a second copy.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import socket
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from models.settings import load
from tests.journeys.walk import Lost, walking

BEGINS = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
_STRETCH = 250


async def walk(seed: int, steps: int, until: float) -> dict[str, int]:
    """One walk; what was done, by kind."""
    with tempfile.TemporaryDirectory(prefix="hoert-walk-") as folder:
        # One port for all restarts: the phone comes back to the same address.
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        settings = load({"HOERT_BIND": f"127.0.0.1:{port}"}, demo=True, data_dir=Path(folder) / "data")
        async with walking(settings, BEGINS, seed) as walker:
            done = 0
            while done < steps and time.monotonic() < until:
                await walker.walk(min(_STRETCH, steps - done))
                done += _STRETCH
                print(f"{min(done, steps)} steps", flush=True)
            return walker.steps | {"different buttons": len(walker.pressed)}


def main() -> int:
    """Walks and says what was done; 1 when the walk met what nobody should meet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    given, _ = parser.parse_known_args()
    logging.disable(logging.INFO)
    until = time.monotonic() + (60 * given.minutes if given.minutes else 1e9)
    try:
        done = asyncio.run(walk(given.seed, given.steps, until))
    except Lost as lost:
        print(f"seed {given.seed}: {lost}")
        return 1
    print(f"seed {given.seed}: " + ", ".join(f"{count} {kind}" for kind, count in sorted(done.items())))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
