"""The whole suite on every engine: what `make test` plays on one of them is played on all three."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

if __name__ == "__main__":
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "3", "--dist", "worksteal"],
        cwd=ROOT, env={**os.environ, "HOERT_TEST_ENGINES": "all"}, check=False,
    )  # fmt: skip
    sys.exit(done.returncode)
