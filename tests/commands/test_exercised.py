"""`uitwijk check`: whether the failover was exercised, lately, and as it would be today."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.conftest import Catalogue
from uitwijk.commands.readiness.exercised import drill_line
from uitwijk.commands.readiness.line import Verdict
from uitwijk.continuity import load_region
from uitwijk.continuity.region import Region
from uitwijk.evidence.recorder import Evidence

PLAYED = datetime.datetime(2026, 11, 27, 8, 12, tzinfo=datetime.UTC)
ALL = ("S1-kolkwijde", "S2", "S3")


def play(
    folder: Path, region: Region, keys: Iterable[str] = ALL, *, passed: bool = True, at: datetime.datetime = PLAYED
) -> None:
    with Evidence(folder, {}, "duty officer", clock=lambda: at) as evidence:
        evidence.describe(region)
        for key in keys:
            with evidence.scenario(key, key) as scenario:
                scenario.check("Something", True, passed, passed)


def later(days: int) -> datetime.datetime:
    return PLAYED + datetime.timedelta(days=days)


def test_a_drill_of_every_scenario_within_a_year_is_enough(tmp_path: Path, region: Region) -> None:
    play(tmp_path / "old", region, at=later(-500))
    play(tmp_path / "new", region)
    for days in (0, 365):
        line = drill_line(region, tmp_path, later(days))
        assert line.verdict is Verdict.OK
        assert line.why.startswith(f"the last one passed on 2026-11-27, {days} days ago")


def test_an_exercise_is_due_every_year(tmp_path: Path, region: Region) -> None:
    play(tmp_path / "one", region)
    line = drill_line(region, tmp_path, later(366))
    assert (line.verdict, line.remedy) == (Verdict.ATTENTION, "`uitwijk drill`")
    assert line.why.endswith("; it is due every year")


@pytest.mark.parametrize("keys", [[], ["S1", "S2"], ["S1-kolkwijde", "S3"]])
def test_a_drill_of_some_scenarios_is_no_exercise(tmp_path: Path, region: Region, keys: list[str]) -> None:
    play(tmp_path / "part", region, keys)
    assert drill_line(region, tmp_path, later(1)).verdict is Verdict.ATTENTION


def test_a_drill_that_failed_or_left_nothing_readable_is_no_exercise(tmp_path: Path, region: Region) -> None:
    play(tmp_path / "failed", region, passed=False)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "report.json").write_text("{", encoding="utf-8")
    line = drill_line(region, tmp_path, later(1))
    assert line.why == "no drill of S1, S2, S3 passed that left evidence here"


def test_another_size_of_a_machine_asks_for_a_drill_and_another_text_does_not(
    tmp_path: Path, region: Region, catalogue: Catalogue
) -> None:
    play(tmp_path / "one", region)
    catalogue.change(
        "buildings.yaml", "emergency_location: NL, Kustland, Zandermeer, town hall", "emergency_location: NL, hall"
    )
    assert drill_line(load_region(catalogue.folder), tmp_path, later(1)).verdict is Verdict.OK
    catalogue.change("services.yaml", "broker: {recipe: broker, size: S,", "broker: {recipe: broker, size: M,")
    line = drill_line(load_region(catalogue.folder), tmp_path, later(1))
    assert line.verdict is Verdict.ATTENTION
    assert "changed in the catalogue since" in line.why
