"""The answer to "could we fail over right now?": every line, and what they come to."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from uitwijk import utc
from uitwijk.commands.readiness.copies import copy_lines
from uitwijk.commands.readiness.exercised import drill_line
from uitwijk.commands.readiness.kept import kept_line
from uitwijk.commands.readiness.lessons import lessons_line
from uitwijk.commands.readiness.line import Line, Verdict, fail, ok, worst_first
from uitwijk.commands.readiness.malfunctions import malfunction_lines
from uitwijk.commands.readiness.model import catalogue_failures, catalogue_line, declared_lines, loss_lines
from uitwijk.commands.readiness.plans import plan_lines
from uitwijk.commands.readiness.replicas import data_lines, read_disks, replica_lines
from uitwijk.commands.readiness.sites import (
    lost_line,
    machines_line,
    mirror_lines,
    older_template_lines,
    rebuilt_lines,
    split_brain_line,
    vcenter_line,
)
from uitwijk.commands.readiness.stacks import (
    left_lines,
    lock_lines,
    release_lines,
    seen_at,
    stack_line,
    waiting_lines,
    worked,
)
from uitwijk.commands.readiness.storage import mount_lines, snapshot_lines, vcenter_facts
from uitwijk.commands.readiness.strays import stray_lines
from uitwijk.commands.readiness.taken_names import taken_lines
from uitwijk.commands.rehearse.plan_book import PlanBook
from uitwijk.console import ATTENTION, BAD, GOOD
from uitwijk.continuity import load_region, load_situation, place
from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import Situation
from uitwijk.observe.inventory import Inventory
from uitwijk.observe.pulumi import Pulumi
from uitwijk.observe.readings import read_lost, read_stacks, read_vcenters
from uitwijk.running.env import engine_environment
from uitwijk.running.trust import trusting
from uitwijk.running.workspace import Workspace

_STYLES = {Verdict.OK: GOOD, Verdict.ATTENTION: ATTENTION, Verdict.FAIL: BAD}


def lines(workspace: Workspace) -> Iterator[Line]:
    """Everything that is looked at, in the order in which it depends on each other."""
    try:
        region = load_region(workspace.catalogue)
    except UitwijkError as error:
        yield from catalogue_failures(error)
        return
    yield catalogue_line(region)
    yield from loss_lines(region)
    yield from malfunction_lines(region)
    now = utc.now()
    yield from plan_lines(region, PlanBook(workspace.plans))
    yield drill_line(region, workspace.evidence, now)
    yield lessons_line(workspace.lessons, now.date())
    try:
        situation = load_situation(workspace.situation(None), region)
    except UitwijkError as error:
        yield from (
            fail("situation", problem, "correct the file; the sites were not checked") for problem in error.problems
        )
        return
    yield from declared_lines(region, situation)
    yield from _reality(workspace, region, situation)


def _reality(workspace: Workspace, region: Region, situation: Situation) -> Iterator[Line]:
    """What stands at the sites. Of one that is declared lost only the vCenter is looked at: it may have come back."""
    env = engine_environment(workspace, os.environ)
    pulumi = Pulumi(workspace.root, env)
    with trusting(env.get("SSL_CERT_FILE")):
        readings = read_stacks(pulumi, situation.living)
        found = read_vcenters(readings)
        disks = read_disks(region, {site: readings[site] for site in found if isinstance(found[site], Inventory)})
        lost = {site: read_lost(pulumi, site, situation.living) for site in region.sites if site not in readings}
    inventories = {site: inventory for site, inventory in found.items() if isinstance(inventory, Inventory)}
    for site in region.sites:
        if site in lost:
            yield ok(f"stack {site}", "not asked: the site is declared lost")
            yield lost_line(region, site, lost[site])
            continue
        shown = worked(region, situation, site, readings, inventories.get(site))
        yield stack_line(situation, readings[site], shown, seen_at(site, readings))
        yield kept_line(readings[site])
        yield from lock_lines(readings[site])
        yield from copy_lines(situation, readings[site])
        yield vcenter_line(readings[site], found.get(site))
    yield from mirror_lines(region, inventories)
    for site, inventory in inventories.items():
        yield from mount_lines(region, situation, site, inventory)
        yield from snapshot_lines(region, site, inventory, utc.now())
        yield from older_template_lines(region, site, inventory)
    yield from data_lines(region, situation, disks, readings, inventories)
    yield from replica_lines(region, situation, disks)
    placement = place(region, situation)
    for reading in readings.values():
        yield from release_lines(region, placement, reading)
        yield from left_lines(region, reading)
    seen = {site: vcenter_facts(inventory, disks[site]) for site, inventory in inventories.items()}
    yield from waiting_lines(region, situation, readings, seen)
    returned = {site: inventory for site, inventory in lost.items() if isinstance(inventory, Inventory)}
    yield split_brain_line(region, placement, {**inventories, **returned})
    for site, inventory in inventories.items():
        yield from rebuilt_lines(readings[site].facts, inventory)
        yield from stray_lines(region, readings[site], inventory)
        yield from taken_lines(region, readings[site], inventory)
        if readings[site].facts.epoch is not None:
            yield machines_line(region, placement, site, inventory)


def verdict(found: Sequence[Line]) -> Verdict:
    """The worst of all lines."""
    return worst_first(found)[0].verdict


def show(console: Console, found: Sequence[Line]) -> None:
    """Prints the lines and what they come to."""
    show_lines(console, found)
    counts = ", ".join(f"{sum(line.verdict is each for line in found)} {each}" for each in reversed(Verdict))
    console.print(Text(f"\n{counts}: ", style="bold").append(_answer(verdict(found))))


def show_lines(console: Console, found: Sequence[Line]) -> None:
    """Prints the lines, the worst first, each finding with its remedy."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column()
    for line in worst_first(found):
        text = Text.assemble((line.subject, "bold"), ": ", line.why)
        if line.remedy:
            text.append(f"\n-> {line.remedy}", style="italic")
        table.add_row(Text(_word(line.verdict), style=_STYLES[line.verdict]), text)
    console.print(table)


def _word(of: Verdict) -> str:
    return of.value if of is Verdict.OK else of.value.upper()


def _answer(worst: Verdict) -> str:
    return {
        Verdict.OK: "a failover would work right now.",
        Verdict.ATTENTION: "nothing seen speaks against a failover; look at what needs attention.",
        Verdict.FAIL: "not every failover would work, or not safely.",
    }[worst]
