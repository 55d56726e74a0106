"""`uitwijk lesson`: writes down what an exercise or a calamity taught, and what became of it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from uitwijk import utc
from uitwijk.console import ATTENTION, GOOD, AsJson, output, print_json
from uitwijk.lessons.lesson import Lesson, State, load_lessons, still_open
from uitwijk.lessons.writing import add_lesson, close_lesson
from uitwijk.running.workspace import Workspace
from uitwijk.wording import count

app = typer.Typer(invoke_without_command=True)
_STYLES = {State.OVERDUE: ATTENTION, State.OPEN: "", State.CLOSED: GOOD}
_COMMIT = "Commit {file}, and bring it to both organisations."


@app.callback()
def _lesson(context: typer.Context, as_json: AsJson = False) -> None:
    """
    What exercises and calamities taught, each with an owner and a date. Without a command: those that are open.

    They stand in `lessons.yaml`. `uitwijk check` shows what is overdue, and the next drill's report all that are open.

    Examples:

    - `uitwijk lesson add "Who opens the hall at night?" --owner "continuity manager" --due 2027-03-01`
    - `uitwijk lesson close L1 --by "continuity manager" --how "two keys, at the fire station"`
    """
    if context.invoked_subcommand is None:
        _list_lessons(as_json=as_json)


@app.command("add")
def _add_lesson(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What should be better, in one sentence.")],
    owner: Annotated[str, typer.Option(metavar="WHO", help="Who sees to it.")],
    due: Annotated[str, typer.Option(metavar="DATE", help="The last day that is in time, e.g. 2027-03-01.")],
    drill: Annotated[
        Path | None, typer.Option("--from", metavar="DIR", help="The evidence of the drill that it came from.")
    ] = None,
    scenario: Annotated[
        str | None, typer.Option(metavar="S1|S2|S3", help="What it is about, if not all of them.")
    ] = None,
) -> None:
    """Write a lesson down."""
    add(Workspace(), text, owner=owner, due=due, drill=drill, scenario=scenario)


@app.command("close")
def _close_lesson(
    key: Annotated[str, typer.Argument(metavar="ID", help="For example L3.")],
    by: Annotated[str, typer.Option(metavar="WHO", help="Who says so.")],
    how: Annotated[str, typer.Option(metavar="HOW", help="What was done.")],
) -> None:
    """Note that a lesson was followed up."""
    close(Workspace(), key, by=by, how=how)


@app.command("list")
def _list_lessons(
    closed: Annotated[bool, typer.Option("--closed", help="Show the closed ones, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show the open lessons, the first due first."""
    if as_json:
        print_json(facts(Workspace()))
    else:
        show(Workspace(), closed=closed)


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
    from uitwijk.evidence.report import read

    read(drill)
    folder = drill.resolve()
    root = workspace.root.resolve()
    return folder.relative_to(root).as_posix() if folder.is_relative_to(root) else folder.name


def _remind(console: Console, workspace: Workspace) -> None:
    console.print(_COMMIT.format(file=workspace.lessons.name), style="dim")
