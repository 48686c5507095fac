"""What may be wrong with a page of the desk: axe, too wide, cut off, not fit to print, out of reach of the keyboard."""

from __future__ import annotations

import re
import zlib
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Page

AXE: Final = (Path(__file__).parents[1] / "vendor" / "axe.min.js").read_text(encoding="utf-8")

#: What is wider than the window, by the innermost element that sticks out.
_WIDE: Final = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  const out = [...document.querySelectorAll("body *")]
    .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > wide + 1);
  if (!out.length) return ["words without a box"];
  return out.filter((one) => !out.some((other) => other !== one && one.contains(other)))
    .map((one) => `${one.tagName.toLowerCase()}.${one.className?.baseVal ?? one.className} ${one.textContent.trim()}`)
    .map((said) => said.slice(0, 60)).slice(0, 5);
}"""

#: Words that reach outside the box they stand in, or are cut by it. One line in the inbox's list is cut by design.
_CUT: Final = """() => {
  const boxes = ".panel, .button, td, th, .alert, .bubble, .status, .empty, .confirm-body, dd, dt, .form-group, "
    + "legend, label, summary, .count, .brand, h1, h2, h3, p";
  const skipped = ".sr-only, .skipnav, svg, .entry-line, option, select, .chart, [hidden], dialog";
  const scrolls = (one) => {
    if (!one || one === document.body) return false;
    const style = getComputedStyle(one);
    return /auto|scroll/.test(style.overflowX + style.overflowY) || scrolls(one.parentElement);
  };
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode, holder = text.parentElement;
    if (!text.data.trim() || holder.closest(skipped) || !holder.checkVisibility({visibilityProperty: true})) continue;
    const box = holder.closest(boxes);
    if (!box || getComputedStyle(box).display === "inline" || scrolls(box)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const around = box.getBoundingClientRect();
    const outside = (one) => one.width >= 1
      && (one.right > around.right + 1 || one.left < around.left - 1 || one.bottom > around.bottom + 3);
    if ([...range.getClientRects()].some(outside)) {
      found.add(`${box.tagName.toLowerCase()}.${box.className}: ${text.data.trim().slice(0, 40)}`);
    }
  }
  return [...found].slice(0, 6);
}"""

#: What sticks to the edge of the window and takes half of its height or more.
_COVERS: Final = """() => [...document.querySelectorAll("body *")]
  .filter((one) => ["fixed", "sticky"].includes(getComputedStyle(one).position) && one.checkVisibility())
  .filter((one) => one.getBoundingClientRect().height > innerHeight / 2 && one.getBoundingClientRect().width > 100)
  .map((one) => `${one.tagName.toLowerCase()}.${one.className}`).slice(0, 3)"""

#: What has no place on paper. What is folded is unfolded there, and its summary is a heading.
_ON_PAPER: Final = """() => {
  const unwanted = "nav, button, .button, input, select, textarea, summary:not(.fold > *), .desk-footer, .skipnav, "
    + ".back";
  return [...document.querySelectorAll(unwanted)]
    .filter((one) => one.type !== "hidden" && one.checkVisibility() && one.getBoundingClientRect().height > 0)
    .map((one) => `${one.tagName.toLowerCase()}.${one.className} ${one.textContent.trim().slice(0, 30)}`).slice(0, 8);
}"""

_PAGE: Final = re.compile(rb"/Type /Page\b(?!s).*?/Contents (\d+) 0 R", re.DOTALL)
_SHOWS: Final = re.compile(rb"\bT[jJ]\b|\bDo\b")


_RUN: Final = """axe.run(document, {iframes: false, resultTypes: ["violations"]}).then((all) => all.violations)"""


async def axe(page: Page) -> list[str]:
    """Rule and first places of what axe finds."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(f"() => {{ {AXE} }}")
    found: list[Any] = await page.evaluate(_RUN)
    return [f"axe {one['id']}: {[node['target'][0] for node in one['nodes']][:3]}" for one in found]


async def laid_out(page: Page, width: int) -> list[str]:
    """What sticks out or is cut at the width the window has."""
    wide = [f"wider than {width}: {one}" for one in await page.evaluate(_WIDE)]
    return wide + [f"cut at {width}: {one}" for one in await page.evaluate(_CUT)]


async def covered(page: Page, width: int) -> list[str]:
    """What stays where it is while the page moves, and leaves less than half of the window to it."""
    return [f"covers the window at {width}: {one}" for one in await page.evaluate(_COVERS)]


#: Tables that are no tables on paper, which is as narrow as a small window.
_FOLDED: Final = """() => [...document.querySelectorAll("main table, main td")]
  .filter((one) => !["table", "table-cell", "none"].includes(getComputedStyle(one).display))
  .slice(0, 3).map((one) => one.textContent.trim().slice(0, 40))"""


async def on_paper(page: Page) -> list[str]:
    """What a page made to be printed has on paper beside what it says, and sheets with nothing on them."""
    await page.emulate_media(media="print")
    found = [f"on paper: {one}" for one in await page.evaluate(_ON_PAPER)]
    found += [f"folded on paper: {one}" for one in await page.evaluate(_FOLDED)]
    blank = blank_sheets(await page.pdf(format="A4"))
    await page.emulate_media(media="screen")
    return found + [f"blank sheet {number}" for number in blank]


def blank_sheets(document: bytes) -> list[int]:
    """The sheets of a PDF from Chromium that show neither words nor pictures."""
    found = []
    for number, page in enumerate(_PAGE.finditer(document), 1):
        body = re.search(rb"\n%s 0 obj.*?stream\r?\n(.*?)endstream" % page.group(1), document, re.DOTALL)
        assert body is not None
        if not _SHOWS.search(zlib.decompressobj().decompress(body.group(1))):
            found.append(number)
    return found


#: Where the keyboard is: what it stands on, whether that is in the window, and whether a ring is around it.
_STOP: Final = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const box = one.getBoundingClientRect(), label = one.labels?.[0];
  const ring = (style) => (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2)
    || style.boxShadow !== "none";
  const ringed = ring(getComputedStyle(one))
    || (label && [null, "::before", "::after"].some((part) => ring(getComputedStyle(label, part))));
  const inside = box.bottom > 0 && box.top < innerHeight && box.width > 0 && box.height > 0;
  one.dataset.stop = one.dataset.stop ?? String(Math.random());
  const name = one.getAttribute("aria-label") || label?.textContent || one.textContent || one.name || "";
  const said = `${one.tagName.toLowerCase()} ${name.trim().slice(0, 40)}`;
  return {key: one.dataset.stop, name: said, seen: Boolean(ringed && inside)};
}"""
#: What could have the focus and never had it, by name: a list may have been read again meanwhile. Of radio buttons with
#: one name Tab stops at one.
_MISSED: Final = """(had) => {
  const names = new Set([...document.querySelectorAll("input[type=radio][data-stop]")].map((one) => one.name));
  return [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
    .filter((one) => one.type !== "hidden" && !one.disabled && one.tabIndex >= 0 && one.checkVisibility())
    .filter((one) => !one.dataset.stop && !one.closest("dialog:not([open])"))
    .filter((one) => one.type !== "radio" || !names.has(one.name))
    .map((one) => [one.tagName.toLowerCase(), one.getAttribute("aria-label") || one.textContent || one.name])
    .map(([tag, name]) => `${tag} ${name.trim().slice(0, 40)}`).filter((said) => !had.includes(said));
}"""


async def by_keyboard(page: Page) -> list[str]:
    """Walk through the page with Tab: what cannot be seen to have the focus, and what is never reached."""
    await page.evaluate("document.activeElement?.blur()")
    seen: list[str] = []
    found, names = [], []
    for _ in range(400):
        await page.keyboard.press("Tab")
        stop = await page.evaluate(_STOP)
        if stop is not None and seen[-1:] == [stop["key"]]:
            continue  # a date has several places of its own
        if stop is None or stop["key"] in seen:
            break
        seen.append(stop["key"])
        names.append(stop["name"])
        if not stop["seen"]:
            found.append(f"no visible focus: {stop['name']}")
    return found + [f"not reached by Tab: {one}" for one in await page.evaluate(_MISSED, names)]
