"""`uitwijk lesson`: what an exercise taught is written down, followed up, and never lost."""

from __future__ import annotations

import datetime
import json
import os
import stat
from pathlib import Path

import pytest

from tests.commands.conftest import Desk, Said
from uitwijk.commands.lesson import today
from uitwijk.continuity.errors import UitwijkError
from uitwijk.evidence.recorder import Evidence
from uitwijk.lessons.lesson import load_lessons, to_report
from uitwijk.lessons.writing import add_lesson, close_lesson
from uitwijk.yaml_text import YamlText

SOON = (today() + datetime.timedelta(days=30)).isoformat()
PAST = (today() - datetime.timedelta(days=1)).isoformat()


def add(desk: Desk, text: str = "Who opens the hall at night?", *options: str, due: str = SOON) -> Said:
    return desk.uitwijk("lesson", "add", text, "--owner", "continuity manager", "--due", due, *options)


def close(desk: Desk, key: str, how: str = "two keys, at the fire station") -> Said:
    return desk.uitwijk("lesson", "close", key, "--by", "duty officer", "--how", how)


def file(desk: Desk) -> Path:
    return desk.folder / "lessons.yaml"


def told(desk: Desk) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(desk.uitwijk("lesson", "--json").out)["lessons"]
    return found


def test_a_repository_without_the_file_has_no_lessons(desk: Desk) -> None:
    assert not file(desk).exists()
    assert desk.uitwijk("lesson").out == "No lesson is open.\n"
    assert told(desk) == []
    assert not file(desk).exists()


def test_a_lesson_goes_from_open_to_closed(desk: Desk) -> None:
    assert add(desk).code == 0
    opened = {
        "id": "L1",
        "text": "Who opens the hall at night?",
        "owner": "continuity manager",
        "opened": today().isoformat(),
        "due": SOON,
        "drill": None,
        "scenario": None,
        "closed": None,
        "state": "open",
    }
    assert told(desk) == [opened]
    assert close(desk, "L1").code == 0
    closing = {"date": today().isoformat(), "by": "duty officer", "how": "two keys, at the fire station"}
    assert told(desk) == [opened | {"state": "closed", "closed": closing}]


def test_numbers_are_never_given_again(desk: Desk) -> None:
    for _ in range(10):
        add(desk)
    close(desk, "L10")
    add(desk)
    assert [lesson["id"] for lesson in told(desk)][-2:] == ["L10", "L11"]


def test_the_list_shows_the_first_due_first_and_the_closed_ones_on_request(desk: Desk) -> None:
    add(desk, "later")
    add(desk, "sooner", due=PAST)
    add(desk, "done")
    close(desk, "L3", "in one day")
    shown = desk.uitwijk("lesson", "list").out
    assert "OVERDUE  L2  sooner" in shown
    assert shown.index("sooner") < shown.index("open     L1  later")
    assert "done" not in shown
    assert "1 more is closed" in shown
    assert "by duty officer: in one day" in desk.uitwijk("lesson", "list", "--closed").out


def test_the_list_without_a_command_is_the_same(desk: Desk) -> None:
    add(desk)
    assert desk.uitwijk("lesson").out == desk.uitwijk("lesson", "list").out
    assert desk.uitwijk("lesson", "--json").out == desk.uitwijk("lesson", "list", "--json").out


def test_a_lesson_names_the_drill_by_its_place_in_the_repository_and_never_a_place_on_this_machine(
    desk: Desk, tmp_path: Path
) -> None:
    for folder in (desk.folder / "evidence" / "monday", tmp_path / "elsewhere" / "tuesday"):
        with Evidence(folder, {}, "duty officer") as evidence, evidence.scenario("S2", "Lost") as scenario:
            scenario.check("Something", 1, 1, True)
        add(desk, "From a drill.", "--from", str(folder), "--scenario", "S2")
    assert [(lesson["drill"], lesson["scenario"]) for lesson in told(desk)] == [
        ("evidence/monday", "S2"),
        ("tuesday", "S2"),
    ]
    assert str(tmp_path) not in file(desk).read_text(encoding="utf-8")


def test_text_is_kept_as_it_is_on_one_line(desk: Desk) -> None:
    awkward = "? é “x”: {a, b} # 'no' \\ \"yes\" |\n  next\tline"
    add(desk, awkward)
    assert told(desk)[0]["text"] == " ".join(awkward.split())


@pytest.mark.parametrize(
    ("words", "complaints"),
    [
        (["add", " ", "--owner", "", "--due", "soon"], ["text: ", "owner: is empty", "due: soon is no date"]),
        (["add", "x", "--owner", "me", "--due", "2027-02-30"], ["due: 2027-02-30 is no date"]),
        (["add", "x", "--owner", "me", "--due", "86400"], ["due: 86400 is no date"]),
        (["add", "x", "--owner", "me", "--due", SOON, "--scenario", "S4"], ["scenario: S4 is not allowed"]),
        (["add", "x", "--owner", "me", "--due", SOON, "--from", "nowhere"], ["nowhere/report.json does not exist"]),
        (["add", "\x1b[2J", "--owner", "me", "--due", SOON], ["holds a character that cannot be shown"]),
        (["add", "\udcff", "--owner", "me", "--due", SOON], ['argument 3, "\\udcff": holds what is no text in UTF-8']),
        (["add", "x", "--owner", "me"], ["Missing option '--due'"]),
        (["close", "L9", "--by", "me", "--how", "x"], ["there is no lesson L9; open are: L1"]),
        (["close", "L1", "--by", "me", "--how", " "], ["closed.how: "]),
        (["close", "L2", "--by", "me", "--how", "x"], ["L2 is closed already"]),
        (["open", "L1"], ["No such command 'open'"]),
    ],
)
def test_bad_input_is_told_at_once_and_changes_nothing(desk: Desk, words: list[str], complaints: list[str]) -> None:
    add(desk)
    add(desk)
    close(desk, "L2")
    before = file(desk).read_bytes()
    said = desk.uitwijk("lesson", *words)
    assert said.code == 2
    assert len([line for line in said.err.splitlines() if line.startswith("error: ")]) == len(complaints)
    assert all(complaint in said.err for complaint in complaints)
    assert file(desk).read_bytes() == before


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "lessons.yaml: the file is empty"),
        ("lessons:\n", "lessons.yaml: lessons: must be a list"),
        ("lessons: [{id: L0}]", "lessons.yaml: lessons[0].id: L0 is no lesson's number"),
        ("lessons: [{id: L1, until: 2}]", "lessons.yaml: lessons[0].until: unknown key; allowed are: closed, drill"),
        (
            "lessons:\n"
            "- {id: L1, text: a, owner: b, opened: 2026-01-01, due: 2026-02-01}\n"
            "- {id: L1, text: c, owner: d, opened: 2026-01-01, due: 2026-02-01}\n",
            "lessons.yaml: lessons[1].id: L1 stands twice",
        ),
        (
            "lessons:\n"
            "- {id: L1, text: a, owner: b, opened: 2026-01-02, due: 2026-02-01,\n"
            "   closed: {date: 2026-01-01, by: c, how: d}}\n",
            "lessons.yaml: lessons[0].closed.date: 2026-01-01 is before 2026-01-02",
        ),
    ],
)
def test_a_file_that_is_wrong_is_named_with_the_place_and_left_alone(desk: Desk, content: str, complaint: str) -> None:
    file(desk).write_text(content, encoding="utf-8")
    for said in (add(desk), close(desk, "L1"), desk.uitwijk("lesson"), desk.uitwijk("lesson", "--json")):
        assert said.code == 2
        assert f"error: {complaint}" in said.err
    assert file(desk).read_text(encoding="utf-8") == content


def test_every_lesson_stays_readable_for_those_who_may_read_it(desk: Desk) -> None:
    add(desk)
    assert stat.S_IMODE(file(desk).stat().st_mode) == 0o644
    file(desk).chmod(0o664)
    add(desk)
    assert stat.S_IMODE(file(desk).stat().st_mode) == 0o664


def test_a_file_that_cannot_be_edited_safely_is_left_to_a_person(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    add(desk)
    before = file(desk).read_bytes()
    for spoilt in ("lessons: []\n", "lessons: [\n"):
        monkeypatch.setattr(YamlText, "append", lambda self, *_, spoilt=spoilt, **__: setattr(self, "_text", spoilt))
        said = add(desk)
        assert (said.code, file(desk).read_bytes()) == (2, before)
        assert "cannot be edited safely" in said.err
    assert [path.name for path in desk.folder.iterdir() if path.name.startswith(".")] == []


def test_a_folder_that_cannot_be_written_is_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "lessons.yaml")

    monkeypatch.setattr(os, "replace", full)
    said = add(desk)
    assert (said.code, file(desk).exists()) == (2, False)
    assert "No space left on device" in said.err


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "lessons.yaml").write_bytes(b"\xff")
    with pytest.raises(UitwijkError, match="is not text in UTF-8"):
        load_lessons(tmp_path / "lessons.yaml")


def test_the_next_report_tells_of_open_lessons_and_of_those_closed_since_the_last_drill(tmp_path: Path) -> None:
    opened, last_drill = datetime.date(2026, 1, 1), datetime.date(2026, 6, 1)
    for number, due in enumerate(("2027-03-01", "2027-01-01", "2027-01-01", "2027-01-01")):
        add_lesson(tmp_path / "l.yaml", {"text": str(number), "owner": "a", "opened": opened, "due": due})
    for key, day in (("L3", datetime.date(2026, 5, 31)), ("L4", last_drill)):
        close_lesson(tmp_path / "l.yaml", key, {"date": day, "by": "a", "how": "b"})
    known = load_lessons(tmp_path / "l.yaml")
    assert [lesson.id for lesson in to_report(known, last_drill)] == ["L2", "L1", "L4"]
    assert [lesson.id for lesson in to_report(known, None)] == ["L2", "L1", "L3", "L4"]
