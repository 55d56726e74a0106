"""`uitwijk check`: whether the approved plans still hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Catalogue
from uitwijk.commands.readiness.line import Line, Verdict
from uitwijk.commands.readiness.plans import plan_lines
from uitwijk.commands.rehearse.plan_book import PlanBook
from uitwijk.continuity import load_region
from uitwijk.continuity.calamity import single_calamities
from uitwijk.continuity.plan import foreseen
from uitwijk.continuity.region import Region


@pytest.fixture
def book(region: Region, tmp_path: Path) -> PlanBook:
    """Every calamity's plan is approved as the model foresees it."""
    book = PlanBook(tmp_path / "plans")
    for calamity in single_calamities(region):
        book.approve(calamity.slug, foreseen(region, calamity))
    return book


def the_line(region: Region, book: PlanBook) -> Line:
    (line,) = plan_lines(region, book)
    return line


def test_approved_plans_that_still_hold_are_well(region: Region, book: PlanBook) -> None:
    assert the_line(region, book).verdict is Verdict.OK
    assert the_line(region, book).why == "8 calamities, each as approved"


def test_calamities_without_an_approved_plan_are_counted(region: Region, book: PlanBook) -> None:
    book.file("lost-veldoord").unlink()
    book.file("closed-wilgendam-town-hall").unlink()
    line = the_line(region, book)
    assert (line.verdict, line.remedy) == (Verdict.ATTENTION, "`uitwijk rehearse --approve`")
    assert line.why == ("NOT VERIFIED: 2 calamities have no approved plan: lost-veldoord, closed-wilgendam-town-hall")


def test_a_change_of_the_catalogue_unverifies_the_plans_that_it_touches(book: PlanBook, catalogue: Catalogue) -> None:
    changed = load_region(catalogue.change("municipalities/zandermeer.yaml", "seats: 40 ", "seats: 39 ").folder)
    lines = list(plan_lines(changed, book))
    assert {line.subject for line in lines} == {
        "plan closed-zandermeer-town-hall",
        "plan lost-zandermeer-closed-zandermeer-town-hall",
    }
    for line in lines:
        assert line.verdict is Verdict.ATTENTION
        assert line.why.startswith("NEEDS VERIFIED: ")
        assert "zandermeer: '39 needed" in line.why
        assert line.subject.removeprefix("plan ") in line.remedy


def test_a_plan_that_somebody_cut_short_needs_to_be_verified(region: Region, book: PlanBook) -> None:
    file = book.file("lost-veldoord")
    text = file.read_text(encoding="utf-8")
    for short in (text.partition("stacks:")[0], text.replace("capacity:", "capacities:")):
        file.write_text(short, encoding="utf-8")
        line = the_line(region, book)
        assert (line.subject, line.verdict) == ("plan lost-veldoord", Verdict.ATTENTION)


def test_a_plan_that_cannot_be_read_fails(region: Region, book: PlanBook) -> None:
    book.file("lost-veldoord").write_text("{", encoding="utf-8")
    line = the_line(region, book)
    assert line.verdict is Verdict.FAIL
    assert line.why.startswith("plans/lost-veldoord.yaml: cannot be read")


def test_a_plan_of_a_calamity_that_cannot_happen_any_more_is_named(region: Region, book: PlanBook) -> None:
    book.file("lost-atlantis").touch()
    line = the_line(region, book)
    assert (line.verdict, line.why) == (
        Verdict.ATTENTION,
        "plans/lost-atlantis.yaml is of a calamity that this region does not know",
    )
