"""Whoever changes evidence after the exercise is found out."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.evidence.sample import Clock
from uitwijk.__main__ import run
from uitwijk.continuity.errors import UitwijkError
from uitwijk.evidence.recorder import Evidence
from uitwijk.evidence.seal import broken, seal_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Evidence of a short exercise, with a secret that became known in its middle."""
    folder = tmp_path / "evidence"
    with Evidence(folder, {"pulumi": "3.259.0"}, "duty officer", clock=Clock()) as evidence:
        evidence.log_file("001-up.log").write_text("password sentinel-4711\n", encoding="utf-8")
        with evidence.scenario("S1", "The town hall cannot be reached") as scenario:
            for number in range(3):
                with scenario.step(f"Step {number}") as step:
                    step.result = "sentinel-4711 was used"
            evidence.forbid(["sentinel-4711"])
            scenario.check("Something", 1, 1, True)
    return folder


def lines(folder: Path) -> list[str]:
    return (folder / "events.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)


def test_evidence_is_as_the_exercise_left_it_until_somebody_changes_it(folder: Path) -> None:
    assert broken(folder) == []
    assert "sentinel-4711" not in "".join(lines(folder))


@pytest.mark.parametrize("number", range(9))
@pytest.mark.parametrize(
    "change",
    [
        lambda lines, number: [*lines[:number], lines[number].replace("duty", "busy"), *lines[number + 1 :]],
        lambda lines, number: [*lines[:number], *lines[number + 1 :]],
        lambda lines, number: [*lines[:number], lines[number + 1], lines[number], *lines[number + 2 :]],
        lambda lines, number: [*lines[: number + 1], *lines[number:]],
        lambda lines, number: [*lines[:number], "no JSON\n", *lines[number + 1 :]],
    ],
    ids=["altered", "dropped", "moved", "doubled", "garbled"],
)
def test_every_altered_dropped_or_moved_line_is_found_and_its_place_named(
    folder: Path, change: Callable[[list[str], int], list[str]], number: int
) -> None:
    before = lines(folder)
    assert len(before) > 10
    (folder / "events.jsonl").write_text("".join(change(before, number)), encoding="utf-8")
    problems = broken(folder)
    assert "events.jsonl was changed after the exercise" in problems
    places = {int(problem.split("line ")[1].split(":")[0]) for problem in problems if "does not follow" in problem}
    assert places & {number + 1, number + 2}


def test_what_happens_after_the_exercise_is_not_added_to_its_evidence(tmp_path: Path) -> None:
    with Evidence(tmp_path / "evidence", {}, "duty officer", clock=Clock()) as evidence:
        evidence.event("say", "something", "with\u2028a line separator\x85 in it")
    evidence.event("replicate", "datasets", "a cycle failed")
    assert broken(tmp_path / "evidence") == []


def test_a_dropped_end_is_found(folder: Path) -> None:
    (folder / "events.jsonl").write_text("".join(lines(folder)[:-1]), encoding="utf-8")
    assert broken(folder) == ["events.jsonl was changed after the exercise"]


def test_every_file_that_was_changed_added_or_removed_is_named(folder: Path) -> None:
    (folder / "report.json").write_text("{}", encoding="utf-8")
    (folder / "logs" / "002-up.log").write_text("all went well", encoding="utf-8")
    (folder / "logs" / "001-up.log").unlink()
    assert broken(folder) == [
        "logs/001-up.log is missing",
        "logs/002-up.log was added after the exercise",
        "report.json was changed after the exercise",
    ]


def test_rendering_the_report_again_breaks_no_seal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["report", str(folder)]) == 0
    assert run(["report", "--verify", str(folder)]) == 0
    assert seal_of(folder) in capsys.readouterr().out


def test_the_command_names_what_was_changed_and_fails(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "report.json").write_text("{}", encoding="utf-8")
    assert run(["report", "--verify", str(folder)]) == 1
    assert "report.json was changed after the exercise" in capsys.readouterr().err


@pytest.mark.parametrize("content", [None, "{}", "no JSON", '{"files": 1}'])
def test_a_folder_without_a_seal_is_one_clear_error(folder: Path, content: str | None) -> None:
    (folder / "seal.json").unlink()
    if content is not None:
        (folder / "seal.json").write_text(content, encoding="utf-8")
    with pytest.raises(UitwijkError, match=r"seal\.json is"):
        broken(folder)


def test_whoever_seals_it_anew_has_another_seal(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    assert seal_of(copy) == seal_of(folder)
    with Evidence(tmp_path / "again", {}, "duty officer", clock=Clock()):
        pass
    assert seal_of(tmp_path / "again") != seal_of(folder)


def test_a_pipe_or_a_device_among_the_evidence_is_told_and_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    (folder / "logs" / "001-up.log").unlink()
    (folder / "logs" / "001-up.log").symlink_to("/dev/zero")
    assert broken(folder) == [
        "logs/001-up.log was changed after the exercise",
        "pipe was added after the exercise",
    ]


@pytest.mark.parametrize("name", ["seal.json", "events.jsonl"])
def test_a_seal_or_events_that_are_a_pipe_are_told_and_not_waited_for(folder: Path, name: str) -> None:
    (folder / name).unlink()
    os.mkfifo(folder / name)
    assert run(["report", "--verify", str(folder)]) in (1, 2)


def test_a_seal_of_a_hundred_thousand_brackets_is_no_seal(folder: Path) -> None:
    (folder / "seal.json").write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(UitwijkError, match=r"seal\.json is no seal of an exercise: is nested too deep"):
        broken(folder)


def test_a_file_in_which_every_line_is_wrong_is_not_told_line_by_line(folder: Path) -> None:
    (folder / "events.jsonl").write_text("\n" * 100_000, encoding="utf-8")
    assert len(broken(folder)) < 100
