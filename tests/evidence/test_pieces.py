"""Each piece of evidence has one type, so that what is written is what is read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.evidence.sample import NORMAL, REGION, declared, play
from tests.evidence.test_report import MINIMAL
from uitwijk.continuity import place
from uitwijk.continuity.situation import Situation
from uitwijk.evidence.placement_report import PlacementReport
from uitwijk.evidence.recorder import Evidence
from uitwijk.evidence.report import read


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    """The exercise with a piece of every kind in it."""
    return play(tmp_path_factory.mktemp("exercise") / "evidence", broken=True, living=True)


def test_what_was_recorded_is_what_is_read(played: Evidence) -> None:
    assert read(played.directory) == played.report


def test_a_clock_that_knows_microseconds_is_kept_as_it_is_written(tmp_path: Path) -> None:
    with Evidence(tmp_path / "evidence", {}, "duty officer") as evidence, evidence.scenario("S1", "A hall") as scenario:
        scenario.declared()
        with scenario.step("Look"):
            scenario.check("Something", 1, 1, True)
    assert read(evidence.directory) == evidence.report


def test_evidence_that_is_read_and_written_again_has_the_same_bytes(played: Evidence) -> None:
    written = (played.directory / "report.json").read_text(encoding="utf-8")
    assert read(played.directory).text() == written


@pytest.mark.parametrize("situation", [NORMAL, declared(NORMAL, "lost veldoord", "closed kust-office")])
def test_a_placement_is_kept_whole(situation: Situation) -> None:
    placement = place(REGION, situation).to_dict()
    assert PlacementReport.model_validate(placement).model_dump(mode="json") == placement


def test_keys_that_nobody_knows_any_more_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text(json.dumps(MINIMAL | {"site_kind": "simulated"}), encoding="utf-8")
    assert read(tmp_path).verdict == "passed"
