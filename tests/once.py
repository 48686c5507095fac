"""What all workers of a run begin with is made by the first that needs it; the others wait for it and take it."""

from __future__ import annotations

import fcntl
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def made_once(folder: Path, name: str, make: Callable[[Path], T]) -> T:
    """What `make` returned to the first worker that asked for it; it may leave files in the folder it is given, which
    is its own. `folder` is the same for all workers."""
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = folder / f"{name}.made"
        if not kept.exists():
            own = folder / name
            own.mkdir(mode=0o700)
            made = pickle.dumps(make(own))
            kept.write_bytes(made)
        return pickle.loads(kept.read_bytes())  # type: ignore[no-any-return]
