"""`uitwijk check`: whether a stack's state and secrets outlive the loss of the other site."""

from __future__ import annotations

from itertools import product

import pytest

from tests.commands.conftest import Desk
from tests.commands.stacks import Stacks, lines
from uitwijk.commands.readiness.kept import kept_line
from uitwijk.commands.readiness.line import Verdict
from uitwijk.continuity.facts import StackFacts
from uitwijk.observe.pulumi import PulumiError
from uitwijk.observe.readings import Login, StackReading

PLACES = ("veldoord", "zandermeer", "elsewhere", None)


def reading(site: str, **kept: str | None) -> StackReading:
    known = Login("vcenter.example", "checker", "x")
    return StackReading(site, known, None, StackFacts(site, readable=True), {}, (), None, kept)


@pytest.mark.parametrize(("state", "secrets"), [*product(PLACES, PLACES)])
def test_what_is_kept_at_the_other_site_is_lost_with_it_and_what_nobody_says_needs_attention(
    state: str | None, secrets: str | None
) -> None:
    line = kept_line(reading("veldoord", state=state, secrets=secrets))
    if "zandermeer" in (state, secrets):
        assert line.verdict is Verdict.FAIL
        assert "kept at zandermeer, and lost with it" in line.why
        assert ("its state is" in line.why, "decrypts its secrets are" in line.why) == (
            state == "zandermeer",
            secrets == "zandermeer",
        )
    elif None in (state, secrets):
        assert line.verdict is Verdict.ATTENTION
        assert ("uitwijk:kept.state" in line.remedy, "uitwijk:kept.secrets" in line.remedy) == (
            state is None,
            secrets is None,
        )
    else:
        assert line.verdict is Verdict.OK


def test_where_both_are_kept_is_told() -> None:
    line = kept_line(reading("veldoord", state="veldoord", secrets="elsewhere"))
    assert line.why == "kept at veldoord and elsewhere: no other site takes them with it"
    assert kept_line(reading("veldoord", state="elsewhere", secrets="elsewhere")).why.startswith("kept elsewhere: ")


def test_a_stack_whose_settings_cannot_be_read_is_not_judged() -> None:
    absent = PulumiError("pulumi is not on PATH", "`python -m uitwijk.tools.build`", absent=True)
    line = kept_line(StackReading("veldoord", None, absent, StackFacts("veldoord", readable=False), {}, (), absent))
    assert (line.verdict, line.remedy) == (Verdict.ATTENTION, "`python -m uitwijk.tools.build`")


def test_the_stack_file_is_what_is_believed(desk: Desk, engine: Stacks, refusing: str) -> None:
    engine.configured("veldoord", refusing, kept={"state": "zandermeer", "secrets": "elsewhere"})
    engine.configured("zandermeer", refusing)
    found = lines(desk)
    assert found["state and secrets veldoord"]["verdict"] == "fail"
    assert found["state and secrets zandermeer"]["verdict"] == "attention"
