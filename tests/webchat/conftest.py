from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.webchat.hook import Receiver, receiving
from tests.webchat.served import Phone, Served


@pytest.fixture(autouse=True)
def _times_as_python_telegram_bot_will_give_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # without it, RetryAfter warns, and a warning is an error here


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    served = Served(tmp_path)
    await served.begin()
    yield served
    await served.end()


@pytest.fixture
async def still(served: Served) -> Served:
    """The same server; what its pauses are measured by stands still until `later`."""
    await served.restart(timer=lambda: 0.0)
    return served


@pytest.fixture
async def amina(served: Served) -> Phone:
    return await served.phone("Amina")


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver
