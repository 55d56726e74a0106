"""`uitwijk check`: whether what exercises taught is followed up in time."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from tests.commands.conftest import Desk
from uitwijk.commands.readiness.lessons import lessons_line
from uitwijk.commands.readiness.line import Line, Verdict
from uitwijk.lessons.writing import add_lesson, close_lesson

DAY = datetime.date(2027, 3, 1)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "lessons.yaml"


def add(file: Path, owner: str, due: datetime.date = DAY) -> str:
    return add_lesson(file, {"text": "x", "owner": owner, "opened": datetime.date(2026, 11, 27), "due": due}).id


def on(file: Path, days: int) -> Line:
    return lessons_line(file, DAY + datetime.timedelta(days=days))


def test_nothing_open_is_fine_with_and_without_the_file(file: Path) -> None:
    assert on(file, 0) == Line("lessons", Verdict.OK, "none is open")
    close_lesson(file, add(file, "ICT manager"), {"date": DAY, "by": "him", "how": "done"})
    assert on(file, 1000) == Line("lessons", Verdict.OK, "none is open")


def test_open_lessons_are_fine_up_to_their_last_day(file: Path) -> None:
    add(file, "ICT manager", DAY + datetime.timedelta(days=9))
    add(file, "continuity manager")
    for days in (-50, 0):
        line = on(file, days)
        assert line.verdict is Verdict.OK
        assert line.why == (
            "2 are open, and none is overdue: L2 of continuity manager, due 2027-03-01; "
            "L1 of ICT manager, due 2027-03-10"
        )


def test_an_overdue_lesson_asks_for_attention_by_name_and_the_others_are_told_too(file: Path) -> None:
    add(file, "ICT manager", DAY + datetime.timedelta(days=9))
    add(file, "continuity manager")
    line = on(file, 1)
    assert line.verdict is Verdict.ATTENTION
    assert line.why == (
        "1 is overdue: L2 of continuity manager, due 2027-03-01; open besides: L1 of ICT manager, due 2027-03-10"
    )
    assert "`uitwijk lesson close L2 " in line.remedy
    assert on(file, 10).why.startswith("2 are overdue: L2 of continuity manager")


def test_a_file_that_cannot_be_read_asks_for_attention_with_every_problem(file: Path) -> None:
    file.write_text("lessons: [{id: L1}]", encoding="utf-8")
    line = on(file, 0)
    assert line.verdict is Verdict.ATTENTION
    assert all(f"lessons.yaml: lessons[0].{key}: is missing" in line.why for key in ("text", "owner", "opened", "due"))
    assert line.remedy == "correct the file"


def test_the_check_reads_the_repository_s_file(desk: Desk) -> None:
    desk.uitwijk("lesson", "add", "x", "--owner", "ICT manager", "--due", "2020-01-01")
    said = desk.uitwijk("check").out
    assert "ATTENTION  lessons: 1 is overdue: L1 of ICT manager, due 2020-01-01" in said
