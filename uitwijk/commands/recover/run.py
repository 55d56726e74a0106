"""Looks, tells, asks, and puts in order; each step may be the last, and the next run goes on from there."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import typer
from rich.console import Console

from uitwijk import utc
from uitwijk.commands.deployment import Deployment, keep
from uitwijk.commands.recover.findings import Act, Finding, Scene, findings, put_in_order
from uitwijk.console import ATTENTION, BAD, GOOD, command, on_terminal, output, print_error, print_json
from uitwijk.continuity import place
from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.guard import backup
from uitwijk.continuity.region import Region, dataset_datastore
from uitwijk.continuity.situation import SiteState, Situation
from uitwijk.files import append_line
from uitwijk.observe.data_disks import read_data_disks
from uitwijk.observe.inventory import read_inventory
from uitwijk.observe.locks import Lock
from uitwijk.observe.login import Login
from uitwijk.observe.pulumi import Pulumi
from uitwijk.observe.readings import StackReading, read_stacks
from uitwijk.observe.vcenter import vcenter_problem
from uitwijk.running.env import engine_environment
from uitwijk.running.trust import trusting
from uitwijk.running.workspace import Workspace
from uitwijk.wording import shortened, up_command

LOG = "recoveries.jsonl"
"""In the project: who recovered what, and on whose word an owner of a lock was dead."""
_IN_VCENTER = (Act.REMOVE, Act.RENAME, Act.POWER_ON, Act.REMOVE_RULE)


@dataclass(frozen=True)
class Outcome:
    """What was found and done."""

    site: str
    locks: tuple[Lock, ...]
    found: tuple[Finding, ...]
    done: tuple[Finding, ...]
    failed: tuple[str, ...]
    """Why something could not be done, a line each."""

    def to_dict(self) -> dict[str, Any]:
        """For other programs."""
        return {
            "site": self.site,
            "locks": [f"{lock.owner}, process {lock.pid}" for lock in self.locks],
            "found": [finding.to_dict() for finding in self.found],
            "done": [finding.to_dict() for finding in self.done],
            "failed": list(self.failed),
            "next": up_command(self.site),
        }


def recover(workspace: Workspace, site: str, *, yes: bool, as_json: bool, owner_is_dead: str | None) -> int:
    """The command. Its exit code: 0 when everything is in order afterwards.

    Raises:
        UitwijkError: it must not, or cannot, be done.
    """
    region, situation = workspace.load()
    _check(region, situation, site)
    env = engine_environment(workspace, os.environ)
    pulumi = Pulumi(workspace.root, env)
    with trusting(env.get("SSL_CERT_FILE")):
        readings = read_stacks(pulumi, situation.living)
        login = _login(site, readings[site])
        _check_state(site, readings)
        locks = _dead(site, readings[site].locks, owner_is_dead)
        exported = pulumi.export(site)
        found = findings(_scene(region, situation, site, exported, login))
        _check_never_applied(site, readings[site], found)
        console = Console(quiet=True) if as_json else output()
        _tell(console, site, locks, found)
        if not locks and not any(each.act is not Act.NONE for each in found):
            return _end(console, Outcome(site, locks, found, (), ()), as_json)
        if not yes and not _agreed(console):
            console.print("Nothing was changed.")
            if as_json:
                print_json(Outcome(site, locks, found, (), ()).to_dict())
            return 1
        kept = keep(workspace.root, site, "recover", exported)
        _log(workspace, site, locks, found, owner_is_dead)
        if locks:
            pulumi.order("cancel", "--yes", "--stack", site)
        done, failed = _put_vcenter_in_order(console, login, found)
        # What the vCenter did since is looked at once more: the state must tell what is, not what was planned.
        exported = pulumi.export(site)
        left = findings(_scene(region, situation, site, exported, login))
        in_state = [each for each in left if each.act not in (*_IN_VCENTER, Act.NONE)]
        stuck = {each.urn for each in left if each.act is Act.REMOVE and each.urn}
        deployment = Deployment(exported)
        put_in_order(deployment, [each for each in in_state if each.urn not in stuck])
        if in_state:
            pulumi.order("stack", "import", "--stack", site, stdin=deployment.text())
        console.print(f"\nThe state before: {kept.name}")
        return _end(console, Outcome(site, locks, found, (*done, *in_state), tuple(failed)), as_json)


def _check(region: Region, situation: Situation, site: str) -> None:
    if site not in region.sites:
        raise UitwijkError(f"recover {site}: there is no such site; there are: {', '.join(region.sites)}")
    if situation.sites[site] is SiteState.LOST:
        raise UitwijkError(
            f"{site} is declared lost, so nothing of it is touched. If it is back: `uitwijk declare drained {site} "
            f"--by … --reason …`, then `uitwijk recover {site}`"
        )


def _login(site: str, reading: StackReading) -> Login:
    if reading.state_problem:
        raise UitwijkError(f"the state of stack {site} cannot be read: {reading.state_problem}")
    if not reading.facts.readable:
        raise UitwijkError(f"the state of stack {site} cannot be read: {reading.facts.why}")
    if reading.vcenter is None:
        raise UitwijkError(f"the vCenter of {site} is not known: {reading.vcenter_problem}")
    if problem := vcenter_problem(reading.vcenter.server):
        raise UitwijkError(
            f"the vCenter of {site} is of no use: {problem}. Once it answers, run this again; if the site is lost: "
            f"`uitwijk declare lost {site} --by … --reason …`"
        )
    return reading.vcenter


def _check_state(site: str, readings: Mapping[str, StackReading]) -> None:
    """A state that was lost or is old tells of nothing that runs; what it does not know must not be removed."""
    epoch = readings[site].facts.epoch
    seen = max((reading.facts.seen.get(site, 0) for reading in readings.values()), default=0)
    if seen > (epoch or 0):
        raise UitwijkError(
            f"the state of stack {site} was lost or is an old copy: another stack saw it at epoch {seen}, it is at "
            f"{epoch or 'none'}. {backup(site, seen)}"
        )


def _check_never_applied(site: str, reading: StackReading, found: Sequence[Finding]) -> None:
    strays = [finding.name for finding in found if finding.act is Act.REMOVE]
    if reading.facts.epoch is None and strays:
        raise UitwijkError(
            f"the state of stack {site} looks as if never brought up, and {len(strays)} machines of the region stand "
            f"in its vCenter ({shortened(strays)}): it was lost. {backup(site)}"
        )


def _dead(site: str, locks: Sequence[Lock], owner_is_dead: str | None) -> tuple[Lock, ...]:
    """The locks, all of which are left by the dead."""
    for lock in locks:
        held = f"stack {site} is locked by {lock.owner}, process {lock.pid}"
        if lock.alive:
            raise UitwijkError(f"{held}, which is at work. Wait for that run to end")
        if lock.alive is None and not owner_is_dead:
            raise UitwijkError(
                f"{held}, on another machine: whether that still runs cannot be seen from here. If it is dead for "
                f"certain, somebody says so by name: `uitwijk recover {site} --owner-is-dead NAME`. To cancel a run "
                "that lives lets two write over each other's state"
            )
    return tuple(locks)


def _scene(region: Region, situation: Situation, site: str, exported: str, login: Login) -> Scene:
    dataset = dataset_datastore(site)
    files = read_data_disks(login.server, login.user, login.password, [dataset])
    return Scene(
        region=region,
        situation=situation,
        placement=place(region, situation),
        site=site,
        deployment=Deployment(exported),
        inventory=read_inventory(login.server, login.user, login.password),
        disks=frozenset(files.get(dataset, {})),
    )


def _tell(console: Console, site: str, locks: Collection[Lock], found: Sequence[Finding]) -> None:
    for lock in locks:
        console.print(f"A dead run of {lock.owner}, process {lock.pid}, keeps others off the stack: its lock goes.")
    if not found and not locks:
        console.print(f"Stack {site} and its vCenter are in order.", style=GOOD)
    for act in Act:
        concerned = [finding for finding in found if finding.act is act]
        if not concerned:
            continue
        if act is Act.NONE:
            console.print("\nNot for this command:", style=ATTENTION)
        else:
            console.print(f"\nTo {act}: {len(concerned)}", style="bold")
        for finding in concerned:
            console.print(f"  {finding.name}: {finding.why}", markup=False)
    if any(finding.act is not Act.NONE for finding in found):
        console.print("\nNo data disk is deleted, formatted or forgotten.")


def _agreed(console: Console) -> bool:
    if not on_terminal():
        console.print("\nNobody is here to ask; `--yes` does it.")
        return False
    return typer.confirm("\nPut it in order?")


def _log(
    workspace: Workspace, site: str, locks: Sequence[Lock], found: Sequence[Finding], owner_is_dead: str | None
) -> None:
    append_line(
        workspace.root / LOG,
        {
            "at": utc.stamp(utc.now()),
            "site": site,
            "locks": [f"{lock.owner}, process {lock.pid}" for lock in locks],
            "owner_is_dead": owner_is_dead,
            "found": [finding.to_dict() for finding in found],
        },
    )


def _put_vcenter_in_order(console: Console, login: Login, found: Sequence[Finding]) -> tuple[list[Finding], list[str]]:
    """What was done there, and why something was not."""
    from uitwijk.commands.recover.hands import hands

    done: list[Finding] = []
    failed: list[str] = []
    asked = [finding for finding in found if finding.act in _IN_VCENTER]
    if not asked:
        return done, failed
    with hands(login) as able:
        for number, finding in enumerate(asked, start=1):
            try:
                able.do(finding)
            except UitwijkError as error:
                failed += error.problems
            else:
                done.append(finding)
                console.print(f"  [{number}/{len(asked)}] {finding.name}: {finding.act}", markup=False)
    return done, failed


def _end(console: Console, outcome: Outcome, as_json: bool) -> int:
    if as_json:
        print_json(outcome.to_dict())
    for problem in outcome.failed:
        print_error(problem)
    left = [finding for finding in outcome.found if finding.act is Act.NONE]
    if outcome.failed or left:
        names = shortened([finding.name for finding in left])
        rest = f"; a person has to see to {names}" if left else ""
        console.print(f"\nNot everything is in order{rest}. Then run this again.", style=BAD)
        return 1
    console.print("\nTo run next:", style="bold")
    command(console, up_command(outcome.site))
    return 0
