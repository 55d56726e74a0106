"""The words of `uitwijk lesson`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from uitwijk.console import AsJson, print_json

app = typer.Typer(invoke_without_command=True)


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
    from uitwijk.commands.lesson import add
    from uitwijk.running.workspace import Workspace

    add(Workspace(), text, owner=owner, due=due, drill=drill, scenario=scenario)


@app.command("close")
def _close_lesson(
    key: Annotated[str, typer.Argument(metavar="ID", help="For example L3.")],
    by: Annotated[str, typer.Option(metavar="WHO", help="Who says so.")],
    how: Annotated[str, typer.Option(metavar="HOW", help="What was done.")],
) -> None:
    """Note that a lesson was followed up."""
    from uitwijk.commands.lesson import close
    from uitwijk.running.workspace import Workspace

    close(Workspace(), key, by=by, how=how)


@app.command("list")
def _list_lessons(
    closed: Annotated[bool, typer.Option("--closed", help="Show the closed ones, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show the open lessons, the first due first."""
    from uitwijk.commands.lesson import facts, show
    from uitwijk.running.workspace import Workspace

    if as_json:
        print_json(facts(Workspace()))
    else:
        show(Workspace(), closed=closed)
