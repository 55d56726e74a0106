"""Whether what exercises and calamities taught is followed up in time."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from pathlib import Path

from uitwijk.commands.readiness.line import Line, attention, ok
from uitwijk.continuity.errors import UitwijkError
from uitwijk.lessons.lesson import Lesson, State, load_lessons, still_open
from uitwijk.wording import count

_SUBJECT = "lessons"


def lessons_line(path: Path, today: datetime.date) -> Line:
    """Whether a lesson in the file at `path` is open longer than was agreed."""
    try:
        lessons = still_open(load_lessons(path))
    except UitwijkError as error:
        return attention(_SUBJECT, "; ".join(error.problems), "correct the file")
    if not lessons:
        return ok(_SUBJECT, "none is open")
    overdue = [lesson for lesson in lessons if lesson.state(today) is State.OVERDUE]
    rest = lessons[len(overdue) :]
    if not overdue:
        return ok(_SUBJECT, f"{count(len(rest), 'is', 'are')} open, and none is overdue: {_in_short(rest)}")
    also = f"; open besides: {_in_short(rest)}" if rest else ""
    return attention(
        _SUBJECT,
        f"{count(len(overdue), 'is', 'are')} overdue: {_in_short(overdue)}{also}",
        f"have the owner do it, then `uitwijk lesson close {overdue[0].id} --by … --how …`; what each says: "
        "`uitwijk lesson`",
    )


def _in_short(lessons: Iterable[Lesson]) -> str:
    return "; ".join(f"{lesson.id} of {lesson.owner}, due {lesson.due}" for lesson in lessons)
