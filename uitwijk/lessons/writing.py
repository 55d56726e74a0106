"""Adds lessons to `lessons.yaml`, and closes them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.reading import Problems, validate, whole
from uitwijk.files import alone
from uitwijk.lessons.lesson import Lesson, load_lessons, still_open
from uitwijk.yaml_text import Word, YamlText, write_edited

_NEW = """\
# What exercises and calamities taught, and who sees to it; newest last. Change it with `uitwijk lesson add` and
# `uitwijk lesson close` (or by hand), commit it, and have it in both organisations.
lessons: []
"""


def add_lesson(path: Path, given: Mapping[str, Any]) -> Lesson:
    """Appends a lesson to the file at `path`, which is made if it is not there.

    Args:
        given: the fields of the lesson without its id; what is None is left out.

    Raises:
        UitwijkError: with everything that is wrong with `given` or with the file, which then stays as it is.
        OSError: the folder cannot be written; then, too, the file stays as it is.
    """
    path = Path(os.path.realpath(path))
    with alone(path.parent):
        known = load_lessons(path)
        number = 1 + max((int(lesson.id[1:]) for lesson in known), default=0)
        stated = {"id": f"L{number}"} | {name: value for name, value in given.items() if value is not None}
        lesson = _checked(stated)
        text = whole(path).decode("utf-8") if path.exists() else _NEW
        _write(path, lambda: _appended(text, lesson), (*known, lesson))
    return lesson


def close_lesson(path: Path, key: str, given: Mapping[str, Any]) -> Lesson:
    """Notes in the file at `path` how the lesson `key` was followed up.

    Args:
        given: date, by and how.

    Raises:
        UitwijkError: there is no such open lesson, or `given` or the file is wrong; then the file stays as it is.
        OSError: the folder cannot be written; then, too, the file stays as it is.
    """
    path = Path(os.path.realpath(path))
    with alone(path.parent):
        known = load_lessons(path)
        place = next((number for number, lesson in enumerate(known) if lesson.id == key), None)
        if place is None:
            there = ", ".join(lesson.id for lesson in still_open(known)) or "none"
            raise UitwijkError(f"{path.name}: there is no lesson {key}; open are: {there}")
        if already := known[place].closed:
            raise UitwijkError(f"{path.name}: {key} is closed already, on {already.date} by {already.by}")
        closed = _checked(known[place].model_dump(exclude_none=True) | {"closed": dict(given)})
        text = whole(path).decode("utf-8")
        _write(path, lambda: _closed(text, place, closed), (*known[:place], closed, *known[place + 1 :]))
    return closed


def _checked(stated: Mapping[str, Any]) -> Lesson:
    problems = Problems()
    lesson: Lesson | None = validate(Lesson, stated, "lesson", problems)
    if lesson is None:
        raise UitwijkError(problems.lines)
    return lesson


def _write(path: Path, edit: Callable[[], str], after: tuple[Lesson, ...]) -> None:
    write_edited(path, edit, lambda draft: load_lessons(draft) == after, "Change it by hand")


def _appended(text: str, lesson: Lesson) -> str:
    file = YamlText(text)
    file.append(_words(lesson), "lessons", on_one_line=False)
    return file.text


def _closed(text: str, place: int, lesson: Lesson) -> str:
    file = YamlText(text)
    file.set(_words(lesson)["closed"], "lessons", place, "closed")
    return file.text


def _words(lesson: Lesson) -> dict[str, object]:
    """The fields that are stated; those that are a word of the project's own need no quotes."""
    stated = lesson.model_dump(exclude_none=True)
    return stated | {name: Word(stated[name]) for name in ("id", "scenario") if name in stated}
