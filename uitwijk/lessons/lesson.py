"""What exercises and calamities taught: each lesson with an owner and a date, in one file that both partners have."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.fields import Day, Entity, Like, Line
from uitwijk.continuity.reading import Problems, read_yaml, validate

Calamity = Literal["S1", "S2", "S3"]


class State(StrEnum):
    """How far a lesson is."""

    OVERDUE = "overdue"
    """Open, and its due date has passed."""
    OPEN = "open"
    CLOSED = "closed"


class Closing(Entity):
    """How a lesson was followed up."""

    date: Day
    by: Line
    how: Line


class Lesson(Entity):
    """Something to do better, and who sees to it."""

    id: Annotated[str, Like(r"L[1-9][0-9]*", "is no lesson's number: L and digits (e.g. L3)")]
    """Stays the same, and is never given again."""
    text: Line
    owner: Line
    opened: Day
    due: Day
    """The last day that is in time."""
    drill: Line | None = None
    """Folder of the evidence that it came from."""
    scenario: Calamity | None = None
    """The kind of calamity that it is about; None: all of them."""
    closed: Closing | None = None

    def state(self, today: datetime.date) -> State:
        """How far it is on the day `today`."""
        if self.closed:
            return State.CLOSED
        return State.OVERDUE if self.due < today else State.OPEN

    def facts(self, today: datetime.date) -> dict[str, Any]:
        """Everything about it as plain data, `state` included; dates as `2027-03-01`."""
        return {**self.model_dump(mode="json"), "state": str(self.state(today))}


class _File(Entity):
    """The content of `lessons.yaml`."""

    lessons: tuple[Lesson, ...]
    """Newest last."""


def load_lessons(path: Path) -> tuple[Lesson, ...]:
    """The lessons in the YAML file `path`, newest last; none if there is no such file.

    Raises:
        UitwijkError: with every problem, each naming file, path to the value and what is allowed.
    """
    if not path.exists() and not path.is_symlink():
        return ()
    problems = Problems()
    content = read_yaml(path, path.name, problems)
    file: _File | None = None if problems.lines else validate(_File, content, path.name, problems)
    if file is not None:
        _check(file.lessons, path.name, problems)
    if problems.lines or file is None:
        raise UitwijkError(problems.lines)
    return file.lessons


def _check(lessons: Iterable[Lesson], place: str, problems: Problems) -> None:
    known: set[str] = set()
    for number, lesson in enumerate(lessons):
        at = f"{place}: lessons[{number}]"
        if lesson.id in known:
            problems.add(f"{at}.id", f"{lesson.id} stands twice; the newer one needs the next free number")
        known.add(lesson.id)
        if lesson.closed and lesson.closed.date < lesson.opened:
            problems.add(f"{at}.closed.date", f"{lesson.closed.date} is before {lesson.opened}, when it was opened")


def still_open(lessons: Iterable[Lesson]) -> list[Lesson]:
    """Those that are not closed, the first due first."""
    return sorted((lesson for lesson in lessons if not lesson.closed), key=lambda lesson: lesson.due)


def to_report(lessons: Iterable[Lesson], last_drill: datetime.date | None) -> list[Lesson]:
    """Those that the next report tells of: open ones, the first due first, then those closed since the last drill."""
    known = list(lessons)
    closed = [one for one in known if one.closed and (last_drill is None or one.closed.date >= last_drill)]
    return [*still_open(known), *closed]
