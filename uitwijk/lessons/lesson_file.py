"""Changes `lessons.yaml` in one place at a time, so that everything else stays as people wrote it."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.reading import Problems, validate
from uitwijk.files import alone, write_atomically
from uitwijk.lessons.lesson import Lesson, load_lessons, still_open

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
    path = path.resolve()
    with alone(path.parent):
        known = load_lessons(path)
        number = 1 + max((int(lesson.id[1:]) for lesson in known), default=0)
        stated = {"id": f"L{number}"} | {name: value for name, value in given.items() if value is not None}
        lesson = _checked(stated)
        text = path.read_bytes().decode("utf-8") if path.exists() else _NEW
        _write(path, _appended(text, lesson), (*known, lesson))
    return lesson


def close_lesson(path: Path, key: str, given: Mapping[str, Any]) -> Lesson:
    """Notes in the file at `path` how the lesson `key` was followed up.

    Args:
        given: date, by and how.

    Raises:
        UitwijkError: there is no such open lesson, or `given` or the file is wrong; then the file stays as it is.
        OSError: the folder cannot be written; then, too, the file stays as it is.
    """
    path = path.resolve()
    with alone(path.parent):
        known = load_lessons(path)
        place = next((number for number, lesson in enumerate(known) if lesson.id == key), None)
        if place is None:
            there = ", ".join(lesson.id for lesson in still_open(known)) or "none"
            raise UitwijkError(f"{path.name}: there is no lesson {key}; open are: {there}")
        if already := known[place].closed:
            raise UitwijkError(f"{path.name}: {key} is closed already, on {already.date} by {already.by}")
        closed = _checked(known[place].model_dump(exclude_none=True) | {"closed": dict(given)})
        text = path.read_bytes().decode("utf-8")
        _write(path, _closed(text, place, closed), (*known[:place], closed, *known[place + 1 :]))
    return closed


def _checked(stated: Mapping[str, Any]) -> Lesson:
    problems = Problems()
    lesson: Lesson | None = validate(Lesson, stated, "lesson", problems)
    if lesson is None:
        raise UitwijkError(problems.lines)
    return lesson


def _write(path: Path, text: str, after: tuple[Lesson, ...]) -> None:
    def verify(draft: Path) -> None:
        try:
            same = load_lessons(draft) == after
        except UitwijkError:
            same = False
        if not same:
            raise UitwijkError(
                f"{path.name}: is written in a way that cannot be edited safely, so nothing was written; "
                "change it by hand"
            )

    write_atomically(path, text, verify)


def _appended(text: str, lesson: Lesson) -> str:
    there = _lessons(text)
    fields = [f"{name}: {_shown(value)}" for name, value in lesson.model_dump(exclude_none=True).items()]
    if there.value and there.flow_style:
        # In front of the bracket that closes the list.
        return _inserted(text, there.end_mark.index - 1, f", {{{', '.join(fields)}}}")
    indent = " " * (there.start_mark.column if there.value else 2)
    entry = f"{indent}- " + f"\n{indent}  ".join(fields) + "\n"
    if there.value:
        return _inserted(text, _behind(text, there), entry)
    key = text[: there.start_mark.index].rstrip(" ")
    without = key + text[there.end_mark.index :]
    return _inserted(without, _end_of_line(without, len(key)), entry)


def _closed(text: str, place: int, lesson: Lesson) -> str:
    entry = _lessons(text).value[place]
    line = f"closed: {_shown(lesson.model_dump()['closed'])}"
    if entry.flow_style:
        return _inserted(text, entry.end_mark.index - 1, f", {line}")
    return _inserted(text, _behind(text, entry), f"{' ' * entry.start_mark.column}{line}\n")


def _lessons(text: str) -> Any:
    """The list of lessons as a node, which knows where it stands in `text`."""
    document: Any = yaml.compose(text, yaml.SafeLoader)
    return next(value for key, value in document.value if key.value == "lessons")


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name}: {_shown(item)}' for name, item in value.items())}}}"
    if isinstance(value, datetime.date) or re.fullmatch(r"[LS]\d+", str(value)):
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def _behind(text: str, node: Any) -> int:
    """Where the line behind `node` begins, and behind the comments that are indented as parts of it."""
    last = node
    while not isinstance(last, yaml.ScalarNode) and not last.flow_style:
        last = last.value[-1][1] if isinstance(last, yaml.MappingNode) else last.value[-1]
    at = last.end_mark.index if last.end_mark.column == 0 else _end_of_line(text, last.end_mark.index)
    column = node.start_mark.column + isinstance(node, yaml.SequenceNode)
    comments = re.compile(rf"(^ {{{column},}}#.*(\n|\Z))+", re.MULTILINE).match(text, at)
    return comments.end() if comments else at


def _end_of_line(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1


def _inserted(text: str, at: int, what: str) -> str:
    begun = at > 0 and what.endswith("\n") and text[at - 1] != "\n"
    new = ("\n" if begun else "") + what
    return text[:at] + (new.replace("\n", "\r\n") if "\r\n" in text else new) + text[at:]
