"""What is wrong with the chat's page as it stands: axe, what sticks out, what is too small to press."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.async_api import Page

AXE = (Path(__file__).resolve().parents[1] / "vendor" / "axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


async def violations(page: Page) -> list[Any]:
    script = """(rules) => axe.run(document, { runOnly: rules, resultTypes: ["violations"] })
        .then((found) => found.violations)"""
    found = await page.evaluate(script, RULES)
    return [[one["id"], [node["target"] for node in one["nodes"]][:4]] for one in found]


WIDE = """() => [document.documentElement, ...document.querySelectorAll(".box, .screen, dialog")]
  .filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.className || one.tagName)"""
SMALL = """() => [...document.querySelectorAll("button, .choice, input:not([type=radio]), textarea, a.answer, a.file")]
  .filter((one) => one.checkVisibility() && !one.matches(".spoiler"))
  .map((one) => [one.innerText || one.ariaLabel, one.getBoundingClientRect()])
  .filter(([, box]) => box.width < 44 || box.height < 44).map(([name, box]) => [name, box.width, box.height])"""


async def faults(page: Page) -> dict[str, list[Any]]:
    """What is wrong with what is on the screen, in both widths and both lights."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(f"() => {{ {AXE} }}")
    found: dict[str, list[Any]] = {}
    for width in (390, 320):
        await page.set_viewport_size({"width": width, "height": 640})
        found[f"wider than {width}"] = await page.evaluate(WIDE)
        found[f"small at {width}"] = await page.evaluate(SMALL)
        await page.emulate_media(color_scheme="light", reduced_motion="reduce")
        found[f"axe at {width} in light"] = await violations(page)
        await page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        found[f"axe at {width} in dark"] = await violations(page)
    await page.evaluate("document.documentElement.dataset.size = 'largest'")
    found["wider than 320 with the largest text"] = await page.evaluate(WIDE)
    await page.evaluate("document.documentElement.dataset.size = 'normal'")
    assert len(found) == 9
    return {name: wrong for name, wrong in found.items() if wrong}
