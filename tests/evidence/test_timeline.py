"""The timeline says in words what it draws."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.evidence.sample import Clock, play
from uitwijk.drill.report.scenario_happenings import happenings
from uitwijk.drill.report.timeline import LEFT, RIGHT, draw
from uitwijk.evidence.recorder import Evidence
from uitwijk.evidence.report import read
from uitwijk.evidence.scenario_report import ScenarioReport
from uitwijk.wording import duration


@pytest.fixture(scope="module")
def scenarios(tmp_path_factory: pytest.TempPathFactory) -> list[ScenarioReport]:
    """Those of the sample that is broken off, each kind of step among them."""
    folder = tmp_path_factory.mktemp("exercise") / "evidence"
    play(folder, broken=True)
    return read(folder).scenarios


def test_everything_that_is_drawn_is_said_with_the_same_figures(scenarios: list[ScenarioReport]) -> None:
    for scenario in scenarios:
        drawing = draw(scenario)
        assert drawing is not None
        said = happenings(scenario)
        assert [row.value for row in drawing.steps] == [duration(one.step.seconds) for one in said if one.step]
        drawn = {(row.label[0].partition(":")[0], row.value) for row in drawing.recovery}
        powered = {one.name.split("class ")[1][:2]: one for one in said if "owered on" in one.name}
        assert set(powered) == {recovery_class for recovery_class, _ in drawn}
        for recovery_class, value in drawn:
            one = powered[recovery_class]
            assert one.failed if value == "never" else one.result == f"{value} after the declaration"
        moments = [one.name for one in said]
        assert ("The calamity is declared" in moments) == (drawing.declared_x is not None)
        assert ("Failback begins" in moments) == (drawing.failback_x is not None)


def test_it_is_told_in_the_order_in_which_it_came_and_what_never_came_last(scenarios: list[ScenarioReport]) -> None:
    for scenario in scenarios:
        times = [one.at for one in happenings(scenario)]
        came = [at for at in times if at]
        assert came == sorted(came)
        assert times[: len(came)] == came
    assert happenings(scenarios[-1])[-1].name == "Never powered on: class R1, 53 machines"


def test_the_declaration_stands_before_the_step_that_begins_with_it(scenarios: list[ScenarioReport]) -> None:
    names = [one.name for one in happenings(scenarios[0])]
    assert names[:2] == ["The calamity is declared", "1. Declare the town hall closed"]


def played(folder: Path) -> dict[str, Any]:
    clock = Clock()
    with Evidence(folder, {}, "duty officer", clock=clock) as evidence, evidence.scenario("S2", "Lost") as scenario:
        for command in (None, "uitwijk declare lost veldoord", "FOO=1 pulumi up --stack zandermeer", "uitwijk check"):
            with scenario.step("A step", command):
                clock.passes(10)
                if command == "uitwijk check":
                    scenario.check("One", 1, 1, True)
                    scenario.check("Two", 1, 2, False)
        scenario.failback()
        with scenario.step("Preview again", "pulumi preview --stack zandermeer"):
            clock.passes(10)
        scenario.check("Nothing to do", 0, 0, True)
    found: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))["scenarios"][0]
    return found


def test_a_step_is_named_by_what_it_ran_or_by_the_checks_in_it(tmp_path: Path) -> None:
    scenario = ScenarioReport.model_validate(played(tmp_path / "evidence"))
    drawing = draw(scenario)
    assert drawing is not None
    assert [row.kind for row in drawing.steps] == ["other", "declaration", "engine", "check", "engine"]
    assert [(one.kind, one.checks) for one in happenings(scenario) if one.step] == [
        ("other", ""),
        ("declaration", ""),
        ("Pulumi", ""),
        ("checks", "1 of 2 checks failed"),
        ("Pulumi", "1 check passed"),
    ]


def test_failback_is_marked_where_it_began(tmp_path: Path) -> None:
    drawing = draw(ScenarioReport.model_validate(played(tmp_path / "evidence")))
    assert drawing is not None
    assert drawing.failback_x == drawing.steps[-1].x == round(LEFT + (RIGHT - LEFT) * 4 / 5, 1)


def test_evidence_that_does_not_tell_where_checks_were_made_has_no_steps_of_that_kind(tmp_path: Path) -> None:
    without = {key: value for key, value in played(tmp_path / "evidence").items() if key not in ("checked_in",)}
    drawing = draw(ScenarioReport.model_validate(without))
    assert drawing is not None
    assert [row.kind for row in drawing.steps] == ["other", "declaration", "engine", "other", "engine"]
