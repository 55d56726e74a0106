"""`uitwijk lesson`: writes down what an exercise or a calamity taught, and what became of it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from uitwijk import utc
from uitwijk.commands.status import ATTENTION, GOOD
from uitwijk.console import output
from uitwijk.evidence.report import read
from uitwijk.lessons.lesson import Lesson, State, load_lessons, still_open
from uitwijk.lessons.lesson_file import add_lesson, close_lesson
from uitwijk.running.workspace import Workspace
from uitwijk.wording import count

_STYLES = {State.OVERDUE: ATTENTION, State.OPEN: "", State.CLOSED: GOOD}
_COMMIT = "Commit {file}, and bring it to both organisations."


def today() -> datetime.date:
    """The day in UTC, as everywhere in the project."""
    return utc.now().date()


def add(
    workspace: Workspace, text: str, *, owner: str, due: str, drill: Path | None = None, scenario: str | None = None
) -> None:
    """Writes a lesson down, open from today.

    Args:
        due: the last day that is in time, as `2027-03-01`.
        drill: folder of the evidence that it came from.
        scenario: S1, S2 or S3; None: it is about all of them.

    Raises:
        UitwijkError: with everything that is wrong; then nothing is written.
    """
    came_from = None if drill is None else _named(workspace, drill)
    given = {"text": text, "owner": owner, "opened": today(), "due": due, "drill": came_from, "scenario": scenario}
    lesson = add_lesson(workspace.lessons, given)
    console = output()
    console.print(Text.assemble((f"{lesson.id} is written down", GOOD), f" for {lesson.owner}, due {lesson.due}."))
    if lesson.state(today()) is State.OVERDUE:
        console.print(Text("It is overdue already.", style=ATTENTION))
    _remind(console, workspace)


def close(workspace: Workspace, key: str, *, by: str, how: str) -> None:
    """Notes that a lesson was followed up today.

    Raises:
        UitwijkError: there is no such open lesson, or `by` or `how` is empty; then nothing is written.
    """
    lesson = close_lesson(workspace.lessons, key, {"date": today(), "by": by, "how": how})
    console = output()
    console.print(Text.assemble((f"{lesson.id} is closed", GOOD), f": {lesson.text}"))
    _remind(console, workspace)


def facts(workspace: Workspace) -> dict[str, Any]:
    """All lessons as plain data, newest last.

    Raises:
        UitwijkError: the file is wrong.
    """
    return {"lessons": [lesson.facts(today()) for lesson in load_lessons(workspace.lessons)]}


def show(workspace: Workspace, *, closed: bool) -> None:
    """Prints the open lessons, the first due first, and `closed`: the closed ones behind them.

    Raises:
        UitwijkError: the file is wrong.
    """
    console = output()
    known = load_lessons(workspace.lessons)
    done = [lesson for lesson in known if lesson.closed]
    shown = [*still_open(known), *(done if closed else ())]
    if len(done) == len(known):
        console.print("No lesson is open.", style=GOOD)
    if shown:
        console.print(_table(shown))
    if done and not closed:
        console.print(f"{count(len(done), 'more is', 'more are')} closed: `uitwijk lesson list --closed`", style="dim")


def _table(lessons: Sequence[Lesson]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    for _ in range(2):
        table.add_column(no_wrap=True)
    table.add_column()
    for lesson in lessons:
        state = lesson.state(today())
        word = str(state) if state is not State.OVERDUE else state.upper()
        said = [lesson.text, f"{lesson.owner}, due {lesson.due}{_source(lesson)}"]
        if lesson.closed:
            said[1:] = [f"{lesson.closed.date} by {lesson.closed.by}: {lesson.closed.how}"]
        table.add_row(Text(word, style=_STYLES[state]), Text(lesson.id, style="bold"), Text("\n".join(said)))
    return table


def _source(lesson: Lesson) -> str:
    found = [part for part in (lesson.scenario, lesson.drill) if part]
    return f"; from {', '.join(found)}" if found else ""


def _named(workspace: Workspace, drill: Path) -> str:
    """How the file names a folder of evidence: from the repository's root, or by its own name elsewhere."""
    read(drill)
    folder = drill.resolve()
    root = workspace.root.resolve()
    return folder.relative_to(root).as_posix() if folder.is_relative_to(root) else folder.name


def _remind(console: Console, workspace: Workspace) -> None:
    console.print(_COMMIT.format(file=workspace.lessons.name), style="dim")
