"""`make gallery`: every screen of the chat, and every page of the desk in its states, to be looked at.

The chat: every story is played, and each screen stands on one page in both languages, side by side: index.html, and
pictures of it from above to below (screens-01.png …). The desk: desk/index.html, see `tests/gallery/desk.py`.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import socket
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import UTC
from html import escape
from itertools import zip_longest
from pathlib import Path

from locales import LANGUAGES
from locales.plainness import lix, measurable
from models.database import opened
from models.domain.letters import KINDS
from models.migrate import migrate
from models.settings import load
from tests import chromium
from tests.gallery import desk
from tests.gallery.capture import Caught, catching
from tests.gallery.chat_faults import faults_of
from tests.gallery.desk_worlds import WORLDS
from tests.journeys.stories import Player, Story, everything
from tests.stage import on_stage
from tests.two_channels import two_channels

#: The pictures: how wide the page is drawn, and how tall a piece of it may be to be looked at, in pixels.
_WIDE, _TALLEST = 960, 4000

_STYLE = """
:root { color-scheme: light dark } body { font: 16px/1.4 system-ui; margin: 1rem; background: Canvas }
h2 { font-size: 1rem; margin: 2rem 0 .5rem; border-top: 1px solid #8886; padding-top: 1rem }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 26rem)); gap: 1rem }
.one p { white-space: pre-wrap; background: #8882; border-radius: 12px; padding: .6rem .8rem; margin: 0 0 .4rem }
.row { display: flex; gap: .4rem; margin-bottom: .4rem } .row span { flex: 1; text-align: center; border: 1px solid
#8888; border-radius: 10px; padding: .5rem; font-size: .9rem } img { max-width: 100% } small { color: GrayText }
"""


async def caught_screens() -> list[Caught]:
    """Every screen of every story, each once, in the order it was first seen."""
    with catching() as found, tempfile.TemporaryDirectory(prefix="hoert-gallery-") as home:
        fresh = Path(home) / "fresh"
        settings = load({}, demo=True, data_dir=fresh)
        async with opened(settings, everywhere=False):
            await migrate(settings)
        for story in everything():
            folder = Path(home) / story.name
            shutil.copytree(fresh, folder)
            await _play(story, folder)
    return found


async def _play(story: Story, folder: Path) -> None:
    settings = load({"HOERT_BIND": f"127.0.0.1:{_free_port()}"}, demo=True, data_dir=folder)
    begins, channel = story.begins.astimezone(UTC), story.channels[0]
    stage = on_stage(settings, begins) if channel == "webchat" else two_channels(settings, begins, folder / "telegram")
    async with stage as opened_stage:
        await Player(opened_stage, story, channel).play()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def page(found: list[Caught]) -> str:
    """The gallery as one page that needs nothing else."""
    parts = [f"<!doctype html><html lang=da><meta charset=utf-8><title>Hørt: galleri</title><style>{_STYLE}</style>"]
    parts.append(f"<h1>Hørt: {len(found)} skærme, {len({one.kind for one in found})} slags</h1>")
    for kind in sorted({one.kind for one in found}):
        parts.append(f"<h2 id='{escape(kind)}'>{escape(kind)}</h2>")
        sides = [[one for one in found if one.kind == kind and one.language == tongue] for tongue in ("da", "en")]
        for danish, english in zip_longest(*sides):
            shown = "".join(_screen(one) for one in (danish, english) if one)
            parts.append(f"<div class=pair>{shown}</div>")
    missing = sorted(set(KINDS) - {one.kind for one in found})
    parts.append(f"<h2>Mangler</h2><p>{escape(', '.join(missing)) or 'ingen'}</p></html>")
    return "\n".join(parts)


def _screen(one: Caught) -> str:
    rows = "".join(
        "<div class=row>" + "".join(f"<span>{escape(label)}</span>" for label in row) + "</div>" for row in one.buttons
    )
    picture = f"<img src='{one.picture}' alt=''>" if one.picture else ""
    file = f"<p>📎 {escape(one.file)}</p>" if one.file else ""
    words = f"<p dir=auto>{escape(one.text)}</p>" if one.text or not file else ""
    hard = f"<small>LIX {lix(one.text):.0f}</small>" if one.language == "da" and measurable(one.text) else ""
    return f"<div class=one lang={one.language}>{picture}{file}{words}{rows}{hard}</div>"


async def _pictures(source: Path, folder: Path) -> None:
    from playwright.async_api import async_playwright

    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=chromium.executable(), args=list(chromium.FLAGS))
        shown = await browser.new_page(viewport={"width": _WIDE, "height": 900})
        await shown.goto(source.as_uri())
        tall = int(await shown.evaluate("document.documentElement.scrollHeight"))
        for number, top in enumerate(range(0, tall, _TALLEST), 1):
            piece = {"x": 0, "y": top, "width": _WIDE, "height": min(_TALLEST, tall - top)}
            await shown.screenshot(path=folder / f"screens-{number:02}.png", full_page=True, clip=piece)
        await browser.close()


def main() -> int:
    """Plays, writes, says what is missing or wrong; 1 when there is something."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("gallery"))
    parser.add_argument("--only", choices=("chat", "desk"), help="one of the two galleries")
    parser.add_argument("--pages", nargs="+", default=(), help="of the desk: the pages, by the names of their routes")
    parser.add_argument("--languages", nargs="+", default=LANGUAGES, choices=LANGUAGES, help="of the desk")
    parser.add_argument("--worlds", nargs="+", default=tuple(WORLDS), choices=tuple(WORLDS), help="of the desk")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    wrong = 0
    if given.only != "desk":
        wrong += _chat(given.out)
    if given.only != "chat":
        wrong += _desk(given.out / "desk", given.pages, given.languages, given.worlds)
    return 1 if wrong else 0


def _chat(out: Path) -> int:
    found = asyncio.run(caught_screens())
    index = out / "index.html"
    index.write_text(page(found), encoding="utf-8")
    asyncio.run(_pictures(index.resolve(), out))
    missing = sorted(set(KINDS) - {one.kind for one in found})
    counted = Counter(one.language for one in found)
    print(f"{index}: {counted['da']} screens in Danish, {counted['en']} in English")
    if missing:
        print("No story shows: " + ", ".join(missing))
    wrong = asyncio.run(faults_of(found))
    print("\n".join(wrong) or "axe finds nothing on any screen, 320 and 390 px wide, in light and dark.")
    return len(missing) + len(wrong)


def _desk(out: Path, pages: Sequence[str], languages: Sequence[str], worlds: Sequence[str]) -> int:
    out.mkdir(parents=True, exist_ok=True)
    shots = asyncio.run(desk.shots_of_the_desk(out, pages=pages, languages=languages, worlds=worlds))
    (out / "index.html").write_text(desk.index(shots), encoding="utf-8")
    wrong = desk.said(shots)
    print(f"{out / 'index.html'}: {len(shots)} pictures of {len({one.page for one in shots})} pages")
    print("\n".join(wrong) or "Nothing is wrong with any of them.")
    return len(wrong)


if __name__ == "__main__":
    raise SystemExit(main())
