"""`uitwijk declare`: shows what a declaration means, asks, writes it, and says what to run next."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from uitwijk import utc
from uitwijk.commands.consequences import consequences
from uitwijk.commands.situation_file import write_situation
from uitwijk.commands.status import manual_steps
from uitwijk.console import GOOD, SituationFile, Yes, command, on_terminal, output
from uitwijk.continuity import declaration, place
from uitwijk.continuity.declaration import VERBS, Change, Command, next_commands
from uitwijk.continuity.errors import SituationError
from uitwijk.continuity.reading import whole
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import Situation
from uitwijk.running.workspace import Workspace


def declare(
    change: Annotated[list[str], typer.Argument(metavar="VERB OBJECT …", help="What happened; several in one call.")],
    by: Annotated[str | None, typer.Option(metavar="WHO", help="Who declares; for the log.")] = None,
    reason: Annotated[str | None, typer.Option(metavar="WHY", help="Why; for the log.")] = None,
    at: Annotated[list[str] | None, typer.Option(metavar="SITE", help="Where a promoted dataset is writable.")] = None,
    staff_to: Annotated[
        list[str] | None,
        typer.Option(metavar="BUILDING=SEATS", help="Where staff of the closed building go first; repeatable."),
    ] = None,
    situation: SituationFile = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show everything, write nothing.")] = False,
    yes: Yes = False,
) -> None:
    """
    Declare what is lost, closed, or back. Shows what follows, asks, then writes the next epoch.

    - `lost`, `drained` or `normal`, then a site
    - `closed` or `opened`, then a building
    - `promoted`, then a dataset, with `--at SITE`
    - `override`, then `peer-holds` or `peer-unreadable` (risks split brain; for one epoch)

    Examples:

    - `uitwijk declare lost SITE closed BUILDING --by "duty officer" --reason fire`
    - `uitwijk declare promoted DATASET --at SITE --by storage --reason fire`
    - `uitwijk declare drained SITE --by "duty officer" --reason "power is back"`
    - `uitwijk declare closed BUILDING --staff-to ANOTHER=8 --dry-run --by me --reason "what if"`
    """
    run(
        Workspace(),
        change,
        at=at or (),
        staff_to=staff_to or (),
        by=by,
        reason=reason,
        named=situation,
        dry_run=dry_run,
        yes=yes,
    )


def run(
    workspace: Workspace,
    words: Sequence[str],
    *,
    at: Sequence[str] = (),
    staff_to: Sequence[str] = (),
    by: str | None = None,
    reason: str | None = None,
    named: Path | None = None,
    dry_run: bool = False,
    yes: bool = False,
) -> None:
    """Declares what `words` say, on a terminal after asking.

    Raises:
        UitwijkError: with everything that is not legal; then nothing is written.
    """
    console = output()
    file = workspace.situation(named)
    changes = parse(words, at, staff_to)
    region, before = workspace.load(named)
    read = whole(file)
    asks = on_terminal()
    after = declaration.declare(
        region,
        before,
        changes,
        by=_asked(by, "Who declares this?", asks=asks),
        reason=_asked(reason, "Why?", asks=asks),
        at=utc.now().replace(microsecond=0),
    )
    _show(console, region, before, after)
    commands = next_commands(region, before, after)
    _show_commands(console, after, commands, named)
    if dry_run:
        console.print(f"\nNothing was written to {file.name}: this was a dry run.")
        return
    question = f"Declare as epoch {after.epoch} in {file.name}: {after.log[-1].change}"
    if asks and not yes and not typer.confirm(f"\n{question}?"):
        console.print("Nothing was declared.")
        raise typer.Exit(1)
    write_situation(file, read, after, region)
    console.print(f"\nEpoch {after.epoch} is written to {file.name}.", style=GOOD)
    then = ", then run the above" if commands and not after.hypothetical else ""
    console.print(f"Commit it and bring it to the other site{then}.")


def parse(words: Sequence[str], at: Sequence[str], staff_to: Sequence[str]) -> list[Change]:
    """The changes in a flat list of verbs and objects, e.g. `lost SITE closed BUILDING`.

    Args:
        words: as typed; `at SITE` may follow a promotion.
        at: the sites of the promotions that name none; a single one is for all of them.
        staff_to: `building=seats`, of the one building that is closed.

    Raises:
        SituationError: with everything that is no change.
    """
    problems: list[str] = []
    changes: list[Change] = []
    sites = list(at)
    left = list(words)
    promotions = left.count("promoted") - left.count("at")
    if sites and len(sites) != promotions and not (len(sites) == 1 and promotions > 1):
        problems.append(f"declare: --at is given {len(sites)} times for {promotions} promotions without a site")
    while left:
        verb = left.pop(0)
        if verb not in VERBS:
            problems.append(f"declare: {verb} cannot be declared; say one of {', '.join(VERBS)}, then what it is about")
            break
        if not left or left[0] in VERBS:
            problems.append(f"declare {verb}: what is {verb}? Say it behind the word, e.g. `{_example(verb)}`")
            continue
        thing, site = left.pop(0), None
        if verb == "promoted" and left[:1] == ["at"]:
            site = left[1] if len(left) > 1 else None
            del left[:2]
        elif verb == "promoted" and sites:
            site = sites[0] if len(sites) == 1 else sites.pop(0)
        changes.append(Change(verb, thing, site))
    changes = _with_staff(changes, staff_to, problems)
    if problems:
        raise SituationError(problems)
    return changes


def _example(verb: str) -> str:
    return {
        "closed": "closed BUILDING",
        "opened": "opened BUILDING",
        "promoted": "promoted DATASET --at SITE",
        "override": "override peer-unreadable",
    }.get(verb, f"{verb} SITE")


def _with_staff(changes: list[Change], staff_to: Sequence[str], problems: list[str]) -> list[Change]:
    if not staff_to:
        return changes
    closed = [change for change in changes if change.verb == "closed"]
    if len(closed) != 1:
        problems.append(f"--staff-to: is about the one building that a call closes; this call closes {len(closed)}")
        return changes
    seats: dict[str, int] = {}
    for text in staff_to:
        match = re.fullmatch(r"([^=]+)=([0-9]{1,9})", text)
        if match is None:
            problems.append(f"--staff-to {text}: is not written as BUILDING=SEATS, e.g. wommels-town-hall=8")
        elif match[1] in seats:
            problems.append(f"--staff-to {text}: {match[1]} is named twice")
        else:
            seats[match[1]] = int(match[2])
    return [Change("closed", change.object, staff_to=seats) if change in closed else change for change in changes]


def _asked(value: str | None, question: str, *, asks: bool) -> str:
    if value is None and asks:
        value = str(typer.prompt(question))
    # One line, so that the log stays one.
    return " ".join((value or "").split())


def _show(console: Console, region: Region, before: Situation, after: Situation) -> None:
    console.print(Text(f"Epoch {after.epoch}: {after.log[-1].change}", style="bold"))
    found = consequences(region, before, after)
    if not found:
        console.print("Nothing moves, stops or changes its place.")
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column()
    for consequence in found:
        table.add_row(Text(consequence.word, style=consequence.style), Text(consequence.sentence))
    console.print(table)
    placement = place(region, after)
    if placement.manual_steps:
        console.print(Text("\nBy hand:", style="bold"), manual_steps(placement))


def _show_commands(console: Console, after: Situation, commands: Sequence[Command], named: Path | None) -> None:
    if after.hypothetical:
        console.print("\nThe file is hypothetical: its situation may be previewed, never applied.")
    elif not commands:
        console.print("\nNo site is living: there is nothing to run until one is declared drained or normal.")
    else:
        console.print(Text("\nTo run next, in this order:", style="bold"))
        for step in commands:
            if step.once:
                console.print(f"  # once {step.once}:", markup=False)
            own = step.line.startswith("uitwijk ") and named is not None
            command(console, f"{step.line} --situation {shlex.quote(str(named))}" if own else step.line)
