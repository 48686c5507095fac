"""The gallery of the desk: every page in its states, in both languages, on a phone and on a desk, and what is wrong.

Writes desk/index.html with pictures beside it into a folder, and returns the faults in words.

At 200 % a browser draws each CSS pixel with twice as many of the screen's, so that a window of 1280 has room for 640
of them: what a page meets is a viewport half as wide and half as high, and a device scale factor of two. `zoomed` sets
just that, so media queries, rounding to half pixels and what sticks to the window's edge are as they are for whoever
presses Ctrl and plus. The menu itself cannot be pressed from outside; `Emulation.setPageScaleFactor` is the pinch of a
phone, which enlarges a page that is laid out already and moves nothing; the `zoom` of CSS leaves the media queries as
they were. The same at 400 %, where 320 are left.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, BrowserContext, Page, Response, async_playwright

from locales import LANGUAGES
from tests import chromium
from tests.gallery.desk_faults import axe, covered, laid_out, on_paper
from tests.gallery.desk_pages import ERRORS, NEXT, VISITS, Next, Refused, Visit
from tests.gallery.desk_worlds import WORLDS, Seat, World

PHONE, DESK = 390, 1280
#: 200 % and 400 %, as WCAG 1.4.4 and 1.4.10 ask for, of a window this high.
_ZOOMED: Final = (2, 4)
_WINDOW: Final = 720
_TALL: Final = {PHONE: 844, DESK: 900}

_STYLE: Final = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 24px; color: #1a1a1a; background: #f4f4f2 }
nav { columns: 14rem } h2 { margin: 48px 0 8px; border-top: 1px solid #bbb; padding-top: 16px }
.shots { display: flex; flex-wrap: wrap; gap: 20px; align-items: flex-start }
figure { margin: 0; background: #fff; border: 1px solid #ccc; border-radius: 8px; overflow: hidden }
figure a { display: block; max-height: 420px; overflow: hidden } figure img { display: block }
.wide img { width: 480px } .slim img { width: 200px } figcaption { padding: 6px 10px; font-size: 14px }
.faults { color: #8f2f0d }
"""

#: Everything typed or chosen in a form is taken away, and something else put in, so that it can be sent as it is.
_EMPTY: Final = """([ending, fields]) => {
  const forms = [...document.querySelectorAll("main form")].filter((one) => one.method === "post");
  const path = (one) => one.getAttribute("action");
  const fits = (said) => ending.endsWith("/") ? said.includes(ending) : said.split("?")[0].endsWith(ending);
  const form = forms.find((one) => fits(path(one)));
  if (!form) return `no form ends with ${ending}: ${forms.map(path).join(" ")}`;
  form.noValidate = true;
  for (const one of form.elements) {
    if (one.type === "hidden" || one.type === "submit") continue;
    if (one.type === "checkbox" || one.type === "radio") one.checked = false;
    else if (one.tagName !== "SELECT" || one.name in fields) one.value = "";
  }
  for (const [name, value] of Object.entries(fields)) form.elements[name].value = value;
  const buttons = [...form.elements].filter(
    (one) => one.type === "submit" && one.tabIndex >= 0 && one.checkVisibility() && !one.hasAttribute("formaction"));
  const button = buttons.find((one) => one.classList.contains("button-primary")) ?? buttons[0];
  form.closest("details")?.setAttribute("open", "");
  form.dataset.refused = "";
  if (button) button.dataset.presses = "";
  return "";
}"""

#: A form of the page filled in; what is there already stays, and a box that is named is ticked.
_FILL: Final = """([ending, fields]) => {
  const forms = [...document.forms].filter((one) => one.method === "post");
  const form = forms.find((one) => one.getAttribute("action").split("?")[0].endsWith(ending));
  if (!form) return `no form ends with ${ending}: ${forms.map((one) => one.getAttribute("action")).join(" ")}`;
  for (const [name, value] of Object.entries(fields)) {
    const one = form.elements[name];
    const box = one.type === "checkbox" ? one : one[0]?.type === "checkbox" ? one[0] : null;
    if (box) box.checked = true; else one.value = value;
  }
  form.dataset.refused = "";
  return "";
}"""

_SEND: Final = (
    """() => document.querySelector("[data-refused]").requestSubmit(document.querySelector("[data-presses]"))"""
)


@dataclass(slots=True)
class Shot:
    """One picture: a page in a state, a language and a width, and what is wrong with it."""

    page: str
    state: str
    language: str
    width: int
    faults: list[str] = field(default_factory=list)

    @property
    def file(self) -> str:
        return f"{self.page}--{self.state}--{self.language}--{self.width}.png"


async def shots_of_the_desk(
    folder: Path,
    *,
    pages: Collection[str] = (),
    languages: Sequence[str] = LANGUAGES,
    worlds: Sequence[str] = tuple(WORLDS),
) -> list[Shot]:
    """Open the worlds one after another, and photograph the pages named, or all, into a folder that is there."""
    found: list[Shot] = []
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=chromium.executable(), args=list(chromium.FLAGS))
        for name in worlds:
            with tempfile.TemporaryDirectory(prefix="hoert-gallery-") as home:
                async with WORLDS[name](Path(home)) as world:
                    for language in languages:
                        await world.speak(language)
                        found += await _walk(browser, world, language, folder, pages)
        await browser.close()
    return found


async def _walk(browser: Browser, world: World, language: str, folder: Path, pages: Collection[str]) -> list[Shot]:
    found: list[Shot] = []
    for name, visit, refused in _stops(pages):
        seat = world.seats.get(name)
        if seat is None or (refused and world.name == "empty"):
            continue
        context = await _sit_down(browser, world, seat)
        page = await context.new_page()
        await page.goto(world.address + seat.path)
        if refused is None:
            found += await _both(page, Shot(name, world.name, language, DESK), folder, prints=visit.prints)
        else:
            wrong = await send_refused(page, refused)
            shown = await _both(page, Shot(name, f"{world.name}-refused", language, DESK), folder)
            shown[0].faults += wrong
            found += shown
        await context.close()
    for name, coming in NEXT.items():
        seat = world.seats.get(f"{name}:{language}") or world.seats.get(name)
        seat = seat or (None if coming.own else world.seats.get(coming.page))
        if seat is None or (pages and name not in pages):
            continue
        context = await _sit_down(browser, world, seat)
        page = await context.new_page()
        await page.goto((seat.address or world.address) + seat.path)
        wrong = await come_to(page, coming, seat)
        shown = await _both(page, Shot(name, world.name, language, DESK), folder)
        shown[0].faults += wrong
        found += shown
        await context.close()
    return found


def _stops(pages: Collection[str]) -> Iterator[tuple[str, Visit, Refused | None]]:
    """Every page as it is, and then those with a form that is refused: what was sent then is no longer in the way."""
    chosen = [(name, visit) for name, visit in VISITS.items() if not pages or name in pages]
    yield from ((name, visit, None) for name, visit in chosen)
    yield from ((name, Visit(), None) for name in ERRORS if not pages or name in pages)
    yield from ((name, visit, visit.refused) for name, visit in chosen if visit.refused)


async def _sit_down(browser: Browser, world: World, seat: Seat) -> BrowserContext:
    context = await browser.new_context(
        viewport={"width": DESK, "height": _TALL[DESK]}, locale="da-DK", timezone_id="Europe/Copenhagen",
        reduced_motion="reduce",
    )  # fmt: skip
    given = [{"name": name, "value": value, "url": world.address} for name, value in seat.cookies.items()]
    await context.add_cookies(given)
    return context


async def come_to(page: Page, coming: Next, seat: Seat) -> list[str]:
    """Send a form of the page so that the next one comes; says when it did not."""
    if coming.file:
        table = {"name": "unge.csv", "mimeType": "text/csv", "buffer": coming.file.encode()}
        await page.locator(f"form[action$='{coming.form}'] input[type=file]").set_input_files(table)  # type: ignore[arg-type]
    missing: str = await page.evaluate(_FILL, [coming.form, dict(coming.fields) | dict(seat.typed)])
    if missing:
        return [missing]
    async with page.expect_navigation() as expected:
        await page.evaluate(_SEND)
    answer: Response = await expected.value
    return [] if answer.status == coming.answers else [f"not sent: {coming.form} answered {answer.status}"]


async def send_refused(page: Page, refused: Refused) -> list[str]:
    """Send a form of the page so that it comes back; says when it did not."""
    missing: str = await page.evaluate(_EMPTY, [refused.form, dict(refused.fields)])
    if missing:
        return [missing]
    # Not any navigation: when a form of a thread is sent, the page notes so in its history.
    async with (
        page.expect_response(lambda one: one.request.is_navigation_request()) as coming,
        page.expect_event("load"),
    ):
        await page.evaluate(_SEND)
    answer: Response = await coming.value
    said = page.locator(".form-error-message, .alert-error, .alert-warning")
    return [] if await said.count() else [f"not refused: {refused.form} answered {answer.status}"]


async def _both(page: Page, shot: Shot, folder: Path, *, prints: bool = False) -> list[Shot]:
    """The page on a desk and on a phone, and what is wrong at every width."""
    await _calm(page)
    shot.faults += await axe(page) + await laid_out(page, DESK)
    await page.screenshot(path=folder / shot.file, full_page=True)
    if prints:
        shot.faults += await on_paper(page)
    slim = Shot(shot.page, shot.state, shot.language, PHONE)
    for times in _ZOOMED:
        await zoomed(page, times)
        slim.faults += await laid_out(page, DESK // times) + await covered(page, DESK // times)
    await page.set_viewport_size({"width": PHONE, "height": _TALL[PHONE]})
    slim.faults += await axe(page) + await laid_out(page, PHONE)
    await page.screenshot(path=folder / slim.file, full_page=True)
    return [shot, slim]


async def zoomed(page: Page, times: int) -> None:
    """The page in a desk's window as a browser draws it at so many hundred per cent."""
    room = {"width": DESK // times, "height": _WINDOW // times}
    await page.set_viewport_size({"width": room["width"], "height": room["height"]})
    tools = await page.context.new_cdp_session(page)
    await tools.send("Emulation.setDeviceMetricsOverride", {**room, "deviceScaleFactor": times, "mobile": False})


async def _calm(page: Page) -> None:
    await page.evaluate("document.fonts.ready.then(() => true)")


def index(shots: Sequence[Shot]) -> str:
    """All of it on one page: by page, state beside state."""
    names = list(dict.fromkeys(one.page for one in shots))
    wrong = sum(len(one.faults) for one in shots)
    parts = [f"<!doctype html><html lang=da><meta charset=utf-8><title>Skrivebordet</title><style>{_STYLE}</style>"]
    parts.append(f"<h1>Skrivebordet: {len(names)} sider, {len(shots)} billeder, {wrong} fejl</h1>")
    parts.append(f"<nav><ul>{''.join(f'<li><a href=#{name}>{name}</a>' for name in names)}</ul></nav>")
    for name in names:
        parts.append(f"<h2 id={name}>{name}</h2><div class=shots>")
        parts += _figures(one for one in shots if one.page == name)
        parts.append("</div>")
    return "\n".join([*parts, "</html>"])


def _figures(shots: Iterator[Shot]) -> Iterator[str]:
    for one in shots:
        faults = "".join(f"<li>{escape(fault)}</li>" for fault in one.faults)
        wrong = f"<ul class=faults>{faults}</ul>" if faults else ""
        yield (
            f"<figure class={'slim' if one.width == PHONE else 'wide'}><a href='{one.file}'>"
            f"<img src='{one.file}' loading=lazy alt=''></a>"
            f"<figcaption>{one.state} · {one.language} · {one.width}{wrong}</figcaption></figure>"
        )


def said(shots: Sequence[Shot]) -> list[str]:
    """Every fault in words."""
    return [f"{one.page} {one.state} {one.language} {one.width}: {fault}" for one in shots for fault in one.faults]
