"""Random crash schedules for as long as asked: HOERT_KILL_SEEDS schedules (200 unless told), on both databases."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

if __name__ == "__main__":
    seeds = os.environ.get("HOERT_KILL_SEEDS", "200")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "tests/kill/test_schedule.py"],
        cwd=ROOT,
        env={**os.environ, "HOERT_KILL_SEEDS": seeds},
        check=False,
    )
    sys.exit(done.returncode)
