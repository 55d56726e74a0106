"""What an exercise leaves behind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.evidence.sample import LESSONS, NORMAL, REGION, Clock
from uitwijk.continuity import place
from uitwijk.continuity.errors import UitwijkError
from uitwijk.evidence.recorder import Evidence
from uitwijk.evidence.scenario_report import ChangedResource, LostMarker

SCENARIO_KEYS = {"key", "name", "verdict", "steps", "checks", "lessons", "not_executed"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "evidence"


@pytest.fixture
def evidence(folder: Path) -> Evidence:
    return Evidence(folder, {"pulumi": "3.259.0"}, "duty officer", clock=Clock())


def report(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return found


def events(folder: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (folder / "events.jsonl").read_text(encoding="utf-8").splitlines()]


def play_one(evidence: Evidence, *, passed: bool = True) -> None:
    with evidence.scenario("S1-kolkwijde", "The town hall cannot be reached") as scenario:
        with scenario.step("Declare", "uitwijk declare closed kolkwijde-town-hall") as step:
            step.result = "epoch 2"
        scenario.check("No machine is touched", [], [], passed)


def play_one_and_break_off(evidence: Evidence) -> None:
    with evidence:
        play_one(evidence)
        raise UitwijkError("the sites did not start")


def play_until_ctrl_c(evidence: Evidence) -> None:
    planned = ("Take over", "Check the machines", "Failback")
    with evidence, evidence.scenario("S3", "Zandermeer is lost", planned) as scenario:
        scenario.check("Something", 1, 1, True)
        scenario.not_executed("Failback", "no time left")
        with scenario.step("Take over"):
            raise KeyboardInterrupt


def test_the_report_has_the_contracted_keys(evidence: Evidence, folder: Path) -> None:
    with evidence:
        play_one(evidence)
    found = report(folder)
    scenario = found["scenarios"][0]
    assert {"verdict", "started", "ended", "tools", "scenarios"} <= set(found)
    assert set(scenario) >= SCENARIO_KEYS
    assert set(scenario["steps"][0]) == {"name", "command", "started", "ended", "result"}
    assert set(scenario["checks"][0]) == {"name", "expected", "observed", "verdict"}
    assert found["tools"] == {"pulumi": "3.259.0"}


def test_lessons_are_taken_along_whole_and_each_scenario_gets_those_about_it(evidence: Evidence, folder: Path) -> None:
    with evidence:
        evidence.carry_over(LESSONS)
        for key in ("S1-kolkwijde", "S2", "S3"):
            with evidence.scenario(key, key):
                pass
    found = report(folder)
    assert [(lesson["id"], lesson["state"]) for lesson in found["lessons"]] == [
        ("L2", "overdue"),
        ("L4", "open"),
        ("L1", "closed"),
    ]
    about = {scenario["key"]: [lesson["id"] for lesson in scenario["lessons"]] for scenario in found["scenarios"]}
    assert about == {"S1-kolkwijde": ["L4", "L1"], "S2": ["L2", "L4"], "S3": ["L4"]}
    assert all(lesson in found["lessons"] for scenario in found["scenarios"] for lesson in scenario["lessons"])


def test_an_event_has_its_fields_and_its_time_in_utc(evidence: Evidence, folder: Path) -> None:
    with evidence:
        play_one(evidence)
    assert {frozenset(event) for event in events(folder)} == {
        frozenset({"action", "object", "result", "origin", "actor", "time", "previous"})
    }
    assert {event["time"] for event in events(folder)} == {"2026-11-27T08:12:00.000Z"}
    assert {event["actor"] for event in events(folder)} == {"duty officer"}


def test_every_step_and_check_is_an_event(evidence: Evidence, folder: Path) -> None:
    with evidence:
        play_one(evidence)
    done = [(event["action"], event["object"], event["result"]) for event in events(folder)]
    assert ("end step", "S1-kolkwijde: Declare", "epoch 2") in done
    assert ("check", "S1-kolkwijde: No machine is touched", "passed") in done


def test_what_made_it_fail_is_told_line_by_line(evidence: Evidence) -> None:
    with evidence:
        play_one(evidence)
        play_one(evidence, passed=False)
        with evidence.scenario("S2", "Veldoord is lost") as scenario:
            scenario.check("Machines", 139, 139, True)
            with scenario.step("Call") as step:
                step.result = "failed: nobody answered"
        with evidence.scenario("S3", "Zandermeer is lost"):
            pass
    assert evidence.report.failures == [
        "S1-kolkwijde: No machine is touched: expected [], observed []",
        "S2: Call: failed: nobody answered",
        "S3: nothing was checked",
    ]


def test_an_exercise_passes_when_every_scenario_passed(evidence: Evidence, folder: Path) -> None:
    with evidence:
        play_one(evidence)
    assert evidence.passed
    assert report(folder)["verdict"] == report(folder)["scenarios"][0]["verdict"] == "passed"


def test_a_failed_check_fails_the_scenario_and_the_exercise(evidence: Evidence, folder: Path) -> None:
    with evidence:
        play_one(evidence)
        play_one(evidence, passed=False)
    assert report(folder)["verdict"] == "failed"
    assert [scenario["verdict"] for scenario in report(folder)["scenarios"]] == ["passed", "failed"]


def test_a_failed_step_that_the_caller_survives_fails_the_scenario(evidence: Evidence, folder: Path) -> None:
    with evidence, evidence.scenario("S2", "Veldoord is lost") as scenario:
        scenario.check("Something", 1, 1, True)
        with pytest.raises(RuntimeError), scenario.step("Take over"):
            raise RuntimeError("no answer\nfrom the vCenter")
    scenario_found = report(folder)["scenarios"][0]
    assert scenario_found["steps"][0]["result"] == "failed: no answer from the vCenter"
    assert (scenario_found["verdict"], scenario_found["interrupted"]) == ("failed", False)


def test_a_scenario_that_checked_nothing_fails(evidence: Evidence) -> None:
    with evidence, evidence.scenario("S2", "Veldoord is lost") as scenario:
        pass
    assert not scenario.passed
    assert not evidence.passed


def test_an_exercise_without_a_scenario_fails(evidence: Evidence, folder: Path) -> None:
    with evidence:
        pass
    assert report(folder)["verdict"] == "failed"


def test_ctrl_c_leaves_a_failed_interrupted_scenario_with_the_steps_not_executed(
    evidence: Evidence, folder: Path
) -> None:
    with pytest.raises(KeyboardInterrupt):
        play_until_ctrl_c(evidence)
    found = report(folder)
    assert (found["verdict"], found["interrupted"]) == ("failed", True)
    assert found["scenarios"][0]["interrupted"]
    assert found["scenarios"][0]["steps"][0]["result"] == "failed: stopped by the operator"
    assert found["scenarios"][0]["not_executed"] == [
        {"step": "Failback", "why": "no time left", "owner": None},
        {"step": "Check the machines", "why": "the scenario was broken off before it", "owner": None},
    ]


def test_an_error_between_two_scenarios_fails_the_exercise(evidence: Evidence, folder: Path) -> None:
    with pytest.raises(UitwijkError):
        play_one_and_break_off(evidence)
    assert report(folder)["verdict"] == "failed"
    assert report(folder)["ended"] is not None


def test_what_has_not_ended_does_not_count_as_passed(evidence: Evidence, folder: Path) -> None:
    with evidence.scenario("S2", "Veldoord is lost") as scenario:
        scenario.check("Something", 1, 1, True)
        assert report(folder)["scenarios"][0]["verdict"] == "failed"
        with scenario.step("Take over"):
            assert report(folder)["scenarios"][0]["steps"][0]["result"].startswith("failed")
    assert report(folder)["scenarios"][0]["verdict"] == "passed"
    assert report(folder)["verdict"] == "failed"


def test_a_folder_that_holds_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UitwijkError, match="holds files already"):
        Evidence(tmp_path, {}, "duty officer")
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_place_where_no_folder_can_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UitwijkError, match="file/evidence: no folder"):
        Evidence(tmp_path / "file" / "evidence", {}, "duty officer")


def test_values_become_plain_data(evidence: Evidence, folder: Path) -> None:
    with evidence, evidence.scenario("S1", "A town hall") as scenario:
        scenario.check("Mixed", {"b", "a"}, {1: (Path("x"), None, 1.5, True)}, False)
    check = report(folder)["scenarios"][0]["checks"][0]
    assert check["expected"] == ["a", "b"]
    assert check["observed"] == {"1": ["x", None, 1.5, True]}


def test_recovery_and_changes_and_data_keep_their_figures(evidence: Evidence, folder: Path) -> None:
    placement = place(REGION, NORMAL).to_dict()
    with evidence, evidence.scenario("S2", "Veldoord is lost") as scenario:
        scenario.recovery("R1", 4, None, 78)
        scenario.changes("zandermeer", {"create": 1}, [ChangedResource(op="create", type="t", name="n")])
        scenario.data_loss("veldoord", ["m1"], [LostMarker(marker="m2", age_seconds=3.5)])
        scenario.placement("before", placement)
    found = report(folder)["scenarios"][0]
    assert found["recovery"] == [{"class": "R1", "target_hours": 4, "seconds": None, "machines": 78}]
    assert found["changes"][0]["resources"] == [{"op": "create", "type": "t", "name": "n"}]
    assert found["data_loss"] == [
        {"dataset": "veldoord", "found": ["m1"], "lost": [{"marker": "m2", "age_seconds": 3.5}]}
    ]
    assert found["placements"] == {"before": placement}


def test_a_placement_needs_a_known_phase(evidence: Evidence) -> None:
    with evidence.scenario("S2", "Veldoord is lost") as scenario, pytest.raises(ValueError, match="'later'"):
        scenario.placement("later", {})


def test_a_log_stays_in_the_folder(evidence: Evidence, folder: Path) -> None:
    assert evidence.log_file("up.log").parent == folder / "logs"
    with pytest.raises(ValueError, match="no file name"):
        evidence.log_file("../up.log")
