"""Rehearses, shows what differs, and keeps what is approved."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from uitwijk.commands.rehearse.plan_book import PlanBook, Status
from uitwijk.commands.rehearse.previews import AT_ONCE, Previews
from uitwijk.commands.rehearse.rehearsal import Rehearsal, Rehearsed
from uitwijk.commands.rehearse.sites import Tell, live_sites, simulated_sites
from uitwijk.console import ATTENTION, BAD, GOOD, on_terminal, output
from uitwijk.continuity import load_region
from uitwijk.continuity.calamity import Calamity, single_calamities
from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.region import Region
from uitwijk.running.workspace import Workspace
from uitwijk.wording import count

_STYLES = {Status.VERIFIED: GOOD, Status.NEEDS_VERIFIED: ATTENTION, Status.NOT_VERIFIED: BAD}
_SHOWN = 40
"""Lines of one difference that are shown."""


def run(workspace: Workspace, named: Sequence[str], *, live: bool, approve: bool, strict: bool, as_json: bool) -> int:
    """Rehearses the named calamities, or all of them, and returns the exit code: 1 if `strict` and one is not verified.

    Raises:
        UitwijkError: when the rehearsal cannot begin.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    console = Console(stderr=True, highlight=False) if as_json else output()
    region = load_region(workspace.catalogue)
    calamities = _chosen(region, named)
    book = PlanBook(workspace.plans)
    begun = time.monotonic()
    played = []
    for rehearsed in _play(workspace, region, calamities, book, console, live=live):
        played.append(rehearsed)
        _show(console, rehearsed)
    surplus = [] if named else book.strangers(frozenset(calamity.slug for calamity in calamities))
    _conclude(console, played, surplus, time.monotonic() - begun)
    pending = [r for r in played if r.plan is not None and not r.problem and r.status is not Status.VERIFIED]
    if approve or _agreed(pending, surplus, as_json):
        for rehearsed in pending:
            assert rehearsed.plan is not None, "only plans that are known are pending"
            book.approve(rehearsed.calamity.slug, rehearsed.plan)
        for file in surplus:
            file.unlink()
        if pending or surplus:
            console.print(f"Approved: {book.folder.name}/ is up to date. Look at it once more with git, and commit it.")
        bad = len(played) - len(pending) - sum(r.status is Status.VERIFIED for r in played)
    else:
        bad = sum(r.status is not Status.VERIFIED for r in played) + len(surplus)
        if pending or surplus:
            console.print("If that is what should happen: `uitwijk rehearse --approve`, then commit plans/.")
    if as_json:
        typer.echo(json.dumps({"plans": [r.to_dict() for r in played]}, ensure_ascii=False, indent=2))
    return 1 if strict and bad else 0


def _chosen(region: Region, named: Sequence[str]) -> list[Calamity]:
    known = {calamity.slug: calamity for calamity in single_calamities(region)}
    if unknown := [name for name in named if name not in known]:
        allowed = ", ".join(known)
        raise UitwijkError([f"{name} is no single calamity of this region; there are: {allowed}" for name in unknown])
    return [known[name] for name in dict.fromkeys(named)] or list(known.values())


def _play(
    workspace: Workspace,
    region: Region,
    calamities: Sequence[Calamity],
    book: PlanBook,
    console: Console,
    *,
    live: bool,
) -> Iterator[Rehearsed]:
    stage = Path(tempfile.mkdtemp(prefix="uitwijk-rehearse-"))
    sites = live_sites if live else simulated_sites
    try:
        with _telling(console) as tell, sites(workspace, region, stage, tell) as stacks:
            tell(f"previewing {count(len(calamities), 'calamity', 'calamities')}, {AT_ONCE} stacks at a time")
            previews = Previews(region, stacks, workspace.catalogue, stage / "previews")
            rehearsal = Rehearsal(region, book, previews.run, previews.interrupt)
            yield from rehearsal.play(calamities)
            for site, operations in rehearsal.usual.items():
                if operations:
                    console.print(
                        f"stack {site}: `pulumi up` would change {count(len(operations), 'resource')} on a normal day, "
                        "too; that is in no plan",
                        style=ATTENTION,
                    )
    finally:
        shutil.rmtree(stage, ignore_errors=True)


@contextlib.contextmanager
def _telling(console: Console) -> Iterator[Tell]:
    """Says what goes on: on a terminal in a line that moves, elsewhere in a line each."""
    if not console.is_terminal:
        yield lambda what: console.print(f"{what} …", style="dim")
        return
    begun = time.monotonic()
    with console.status("") as spinner:

        def tell(what: str) -> None:
            console.print(f"{time.monotonic() - begun:4.0f} s  {what} …", style="dim")
            spinner.update(f"{what} …")

        yield tell


def _show(console: Console, rehearsed: Rehearsed) -> None:
    row = Table.grid(padding=(0, 1, 0, 0))
    row.add_column(width=max(len(status) for status in Status), no_wrap=True)
    row.add_column()
    sentence = Text.assemble((rehearsed.calamity.slug, "bold"), ": ", rehearsed.why)
    row.add_row(Text(rehearsed.status, style=_STYLES[rehearsed.status]), sentence)
    console.print(row)
    for line in rehearsed.difference[:_SHOWN]:
        colour = {"-": "red", "+": "green"}.get(line[0], "dim")
        console.print(Text(f"  {line}", style=colour), soft_wrap=True)
    if (hidden := len(rehearsed.difference) - _SHOWN) > 0:
        console.print(f"  … and {count(hidden, 'line')} more; all of them with --json", style="dim")


def _conclude(console: Console, played: Sequence[Rehearsed], surplus: Sequence[Path], seconds: float) -> None:
    for file in surplus:
        console.print(f"{file.parent.name}/{file.name}: this region knows no such calamity any more", style=ATTENTION)
    counts = Counter(rehearsed.status for rehearsed in played)
    counted = ", ".join(f"{counts[status]} {status}" for status in Status if counts[status])
    console.print(Text(f"\n{counted}; {seconds:.0f} s.", style="bold"))


def _agreed(pending: Sequence[Rehearsed], surplus: Sequence[Path], as_json: bool) -> bool:
    if as_json or not on_terminal() or not (pending or surplus):
        return False
    plans = count(len(pending) + len(surplus), "plan")
    return typer.confirm(f"Is that what should happen? Approve {plans}?")
