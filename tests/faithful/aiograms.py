"""aiogram, in a process and an environment of its own: a second opinion on what Telegram's Bot API looks like."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
_PYTHON = _HERE.parents[1] / ".venv-aiogram" / "bin" / "python"


class Aiogram:
    """The process, see `aiogram_bot`. Fails when its environment is missing; never skips."""

    def __init__(self) -> None:
        assert _PYTHON.exists(), "aiogram's environment is missing: run `make aiogram`"
        self._process = subprocess.Popen(
            [_PYTHON, _HERE / "aiogram_bot.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.updates: list[dict[str, Any]] = []

    def close(self) -> int:
        """Ends it; its exit status."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        status = self._process.wait(20)
        self._process.stdout.close()
        return status

    def say(self, **line: Any) -> None:
        """A line of input."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(line) + "\n")
        self._process.stdin.flush()

    async def tells(self, kind: str) -> dict[str, Any]:
        """The next thing that happened, which is of this kind; updates on the way are kept."""
        assert self._process.stdout is not None
        async with asyncio.timeout(90):
            while line := await asyncio.to_thread(self._process.stdout.readline):
                told: dict[str, Any] = json.loads(line)
                found = told.pop("kind")
                if found != "update":
                    assert found == kind
                    return told
                self.updates.append(told)
        raise AssertionError(f"aiogram ended before it told of {kind}")

    async def judge(self, lines: Iterable[dict[str, Any]]) -> list[list[str]]:
        """What is wrong with each line, see `aiogram_judge`."""
        self.say(do="judge", lines=list(lines))
        wrong: list[list[str]] = (await self.tells("judged"))["wrong"]
        return wrong

    @asynccontextmanager
    async def playing(self, api: str, token: str, secret: str = "") -> AsyncIterator[None]:
        """A bot at work on a server: by polling, or with a secret by webhook."""
        self.updates.clear()
        self.say(do="play", api=api, token=token, secret=secret)
        yield
        self.say(do="stop")
        await self.tells("stopped")
