"""Kills for as long as asked: every point, story and engine against one another, then random crash schedules.

HOERT_KILL_SEEDS says how many schedules on each engine; else `--minutes` (about three a minute), else 200.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float)
    given, _ = parser.parse_known_args()
    seeds = "200" if given.minutes is None else str(max(1, round(3 * given.minutes)))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "0", "tests/kill/test_points.py", "tests/kill/test_schedule.py"],
        cwd=ROOT, env={"HOERT_KILL_SEEDS": seeds, **os.environ}, check=False,
    )  # fmt: skip
    sys.exit(done.returncode)
