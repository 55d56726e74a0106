"""The report in a real browser: it asks for nothing, complains of nothing, and can be read on any screen and on A4.

UITWIJK_PICTURES=DIR keeps the pictures that are taken, for somebody to look at.
"""

from __future__ import annotations

import base64
import importlib.resources
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.evidence.browser import Browser, Tab, browser, find_chromium
from tests.evidence.sample import play
from uitwijk.drill.report.page import render

pytestmark = pytest.mark.timeout(240)

A4 = (595, 842)
"""Width and height in points."""
BETWEEN_MARGINS = round((210 - 2 * 16) / 25.4 * 96)
"""CSS pixels between the margins of an A4 page, which the style sheet sets to 16 mm."""
TOO_WIDE = """scrolls => [...document.querySelectorAll('body *')]
  .filter(it => it.getBoundingClientRect().right > innerWidth + 1 && !(scrolls && it.closest('.scroll')))
  .map(it => it.outerHTML.slice(0, 100))"""
VIOLATIONS = """axe.run(document, {resultTypes: ['violations']})
  .then(found => found.violations.map(rule => [rule.id, rule.nodes.map(node => node.html.slice(0, 200))]))"""
OPEN_ALL = "document.querySelectorAll('details').forEach(it => it.open = true)"
HIDDEN = "[...document.querySelectorAll('details:not(.screen) > .inside')].filter(it => !it.checkVisibility()).length"


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser for all tests."""
    found = find_chromium()
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is not installed: apt install chromium")
        pytest.skip("these tests need Chromium: apt install chromium")
    with browser(found, tmp_path_factory.mktemp("chromium")) as running:
        yield running


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of an exercise with everything in it: what passed, failed, was broken off, not done and overdue."""
    folder = tmp_path_factory.mktemp("exercise") / "evidence"
    play(folder, broken=True, living=True)
    return render(folder)


@pytest.fixture(scope="module")
def page(chromium: Browser, report: Path) -> Tab:
    """The report as it was opened; a test that changes how it is looked at does so from the start."""
    return Tab(chromium, report, width=1280)


def violations(tab: Tab) -> list[Any]:
    """The rules of accessibility that the page breaks as it is shown now, each with where."""
    if tab.evaluate("typeof axe") == "undefined":
        tab.evaluate(importlib.resources.files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    found: list[Any] = tab.evaluate(VIOLATIONS)
    return found


def too_wide(tab: Tab, *, scrolls: bool) -> list[str]:
    """What reaches over the right edge; `scrolls`: tables and drawings may, for they can be moved by themselves."""
    found: list[str] = tab.evaluate(f"({TOO_WIDE})({str(scrolls).lower()})")
    return found


def test_the_report_asks_for_nothing_but_itself_and_nothing_stands_in_the_console(page: Tab) -> None:
    assert page.requests == [page.address]
    assert page.complaints == []
    assert page.evaluate("document.querySelectorAll('svg.timeline').length") == 4


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_rules_of_accessibility_hold(page: Tab, scheme: str) -> None:
    page.resize(1280)
    page.look(scheme=scheme)
    page.evaluate(OPEN_ALL)
    assert violations(page) == []


@pytest.mark.parametrize("width", [1280, 768, 390, 320])
def test_only_tables_and_drawings_are_moved_sideways(page: Tab, width: int) -> None:
    page.look()
    page.resize(width)
    assert too_wide(page, scrolls=True) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_paper_is_a4_and_shows_everything_within_its_margins(chromium: Browser, report: Path) -> None:
    fresh = Tab(chromium, report, width=BETWEEN_MARGINS)
    assert fresh.evaluate(HIDDEN) > 0
    fresh.look(media="print")
    assert fresh.evaluate(HIDDEN) == 0
    assert too_wide(fresh, scrolls=False) == []
    paper = base64.b64decode(fresh.paper())
    sizes = {
        tuple(round(float(number)) for number in box.split()[2:]) for box in re.findall(rb"/MediaBox \[([^]]+)]", paper)
    }
    assert sizes == {A4}


def test_why_a_process_stopped_is_shown_where_one_points_and_on_paper_as_a_note(
    chromium: Browser, report: Path
) -> None:
    tab = Tab(chromium, report, width=390)
    tip = "document.querySelector('.why .tip')"
    assert not tab.evaluate(f"{tip}.checkVisibility()")
    tab.evaluate("document.querySelector('.why').focus()")
    assert tab.evaluate(f"{tip}.checkVisibility()")
    assert "nobody runs e-services for zandermeer" in tab.evaluate(f"{tip}.innerText")
    assert tab.evaluate(f"{tip}.getBoundingClientRect().left >= 0 && {tip}.getBoundingClientRect().right <= innerWidth")
    tab.look(media="print")
    assert not tab.evaluate(f"{tip}.checkVisibility()")
    note = "document.querySelector(document.querySelector('.why').getAttribute('href'))"
    assert tab.evaluate(f"{note}.checkVisibility()")


def test_the_long_lists_of_calls_are_for_the_screen_and_paper_says_where_they_are(page: Tab) -> None:
    page.look(media="print")
    lists = "[...document.querySelectorAll('details.screen')].filter(it => it.checkVisibility()).length"
    said = "[...document.querySelectorAll('.paper')].filter(it => it.checkVisibility()).length"
    assert (page.evaluate(lists), page.evaluate(said)) == (0, 2)
    page.look()
    assert (page.evaluate(lists), page.evaluate(said)) == (4, 0)


def test_pictures_are_taken_of_it(chromium: Browser, report: Path, tmp_path: Path) -> None:
    folder = Path(os.environ.get("UITWIJK_PICTURES") or tmp_path)
    taken = {}
    for name, width, scheme in (("light", 1280, "light"), ("dark", 1280, "dark"), ("phone", 390, "light")):
        # The tab in front: one behind it is drawn at leisure.
        tab = Tab(chromium, report, width=width)
        tab.look(scheme=scheme)
        taken[name] = base64.b64decode(tab.picture())
        (folder / f"report-{name}.png").write_bytes(taken[name])
    assert all(picture.startswith(b"\x89PNG") and len(picture) > 50_000 for picture in taken.values())
    assert len(set(taken.values())) == len(taken)


@pytest.mark.parametrize(
    ("spoilt", "seen"),
    [
        ("", set()),
        ('<img alt="" src="http://127.0.0.1:9/x.png">', {"complaints"}),
        ("<script>console.log(1)</script>", {"complaints"}),
        ('<p style="color: #bbb">pale</p>', {"color-contrast"}),
        ('<img src="data:,">', {"complaints", "image-alt"}),
        ('<div style="width: 2000px">wide</div>', {"too wide"}),
    ],
)
def test_what_is_spoilt_would_be_noticed(
    chromium: Browser, report: Path, tmp_path: Path, spoilt: str, seen: set[str]
) -> None:
    text = re.sub(r'(?s)<section id="scenario-1".*(?=<section id="lessons")', "", report.read_text(encoding="utf-8"))
    (tmp_path / "page.html").write_text(text.replace("</main>", f"{spoilt}</main>"), encoding="utf-8")
    tab = Tab(chromium, tmp_path / "page.html", width=1280)
    found = {"complaints"} if tab.complaints else set()
    found |= {"too wide"} if too_wide(tab, scrolls=True) else set()
    assert found | {rule for rule, _ in violations(tab)} == seen
