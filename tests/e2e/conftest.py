"""The demo as its own process, in front of a real Chromium."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, FrameLocator, Locator, Page, async_playwright

from tests import chromium
from tests.once import made_once

ROOT = Path(__file__).parents[2]
AXE = (ROOT / "tests" / "vendor" / "axe.min.js").read_text(encoding="utf-8")
SHOTS = ROOT / "screenshots"


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo as its own process: where it is, and the folder it keeps everything in."""

    address: str
    data: Path
    process: asyncio.subprocess.Process

    async def stop(self) -> None:
        """End it as Ctrl-C does; it ends well. A second time nothing happens."""
        if self.process.returncode is None:
            self.process.terminate()
        await asyncio.wait_for(self.process.communicate(), 20)  # to the end of its pipe, which is closed then
        assert self.process.returncode == 0


#: Saturday 21 November 2026, 11 in the morning in Copenhagen: where every demo begins.
BEGINS = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def seeded(shared: Path) -> Path:
    """The folder of a demo that has been begun on its day and ended: inventing the world takes seconds."""

    def begun(folder: Path) -> Path:
        asyncio.run(_begin_and_end(folder / "d"))
        return folder / "d"

    return made_once(shared, "demo", begun)


@pytest.fixture
async def demo(seeded: Path, tmp_path: Path) -> AsyncIterator[Demo]:
    """A demo of one's own, on the morning of that day."""
    data = tmp_path / "d"
    shutil.copytree(seeded, data)
    offset = (BEGINS - datetime.now(UTC)).total_seconds()
    (data / "clock.json").write_text(json.dumps({"offset": offset}), encoding="utf-8")
    begun = await _begin(data)
    yield begun
    await begun.stop()


async def _begin_and_end(data: Path) -> None:
    await (await _begin(data)).stop()


async def _begin(data: Path) -> Demo:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hoert", "demo", "--port", str(port), "--start", "2026-11-21", "--data", str(data),
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert process.stdout is not None
    said = (await asyncio.wait_for(process.stdout.readline(), 120)).decode()
    assert f"http://127.0.0.1:{port}/demo/" in said
    return Demo(f"http://127.0.0.1:{port}", data, process)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A real Chromium; where there is none the run fails."""
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=chromium.executable(), args=list(chromium.FLAGS))
        yield opened
        await opened.close()


async def violations(page: Any) -> list[str]:
    """What axe finds on a page or frame: rule and the first place."""
    await page.evaluate(AXE)
    script = """axe.run(document, {iframes: false, resultTypes: ["violations"]}).then((all) => all.violations)"""
    found = await page.evaluate(script)
    return [f"{one['id']}: {one['nodes'][0]['target']}" for one in found]


async def say(phone: FrameLocator, words: str) -> None:
    """Write something on the phone."""
    box = phone.get_by_role("textbox")
    await box.fill(words)
    await box.press("Enter")


def shown(phone: FrameLocator, words: str | re.Pattern[str]) -> Locator:
    """The newest bubble that says these words (the page also says them once to screen readers, elsewhere)."""
    return phone.locator(".text").filter(has_text=words).last


async def open_demo(browser: Browser, demo: Demo, width: int = 1500, height: int = 980) -> Page:
    """The demo's page, with every failure of a page script kept for the test to see."""
    context = await browser.new_context(
        viewport={"width": width, "height": height}, locale="da-DK", timezone_id="Europe/Copenhagen"
    )
    page = await context.new_page()
    page.on("pageerror", lambda error: page_errors.append(str(error)))
    await page.goto(f"{demo.address}/demo/")
    return page


page_errors: list[str] = []
