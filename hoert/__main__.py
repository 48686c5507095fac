"""`hoert`, the command line. `python -m hoert` is the same."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb. Returns 0 done, 1 a plain-word refusal on stderr, 2 wrong usage (argparse)."""
    from hoert.cli import run

    return run(sys.argv[1:] if argv is None else list(argv))


if __name__ == "__main__":
    sys.exit(main())
