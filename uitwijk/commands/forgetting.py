"""What the stack of a rebuilt site must forget: all that stood in the old vCenter.

The engine cannot find that out by itself: the provider's refresh fails on a folder that is gone, and an `up` believes
the state and leaves out whatever it holds. Data disks stay in the state, for they come back by replication: an `up`
that made them anew would put empty ones in their place.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import typer

from uitwijk.commands.deployment import Deployment, keep
from uitwijk.console import GOOD, command, on_terminal, output
from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.situation import SiteState
from uitwijk.observe.inventory import Inventory, read_inventory
from uitwijk.observe.pulumi import Pulumi
from uitwijk.observe.readings import read_stacks
from uitwijk.observe.stacks import DISK, MACHINE
from uitwijk.running.env import engine_environment
from uitwijk.running.trust import trusting
from uitwijk.running.workspace import Workspace
from uitwijk.wording import count, names, up_command

_VCENTER = "vsphere:"


@dataclass(frozen=True)
class Forgetting:
    """What a stack's state is to forget, and the state without it."""

    machines: tuple[str, ...]
    """Logical names."""
    others: int
    """Folders, tags, rules."""
    disks: int
    """Data disks; they are kept."""
    state: str
    """As `pulumi stack import` takes it."""


def forgetting(site: str, exported: str, inventory: Inventory) -> Forgetting:
    """What the stack of a rebuilt site must forget.

    Args:
        exported: the stack's state, as `pulumi stack export` prints it.
        inventory: what stands in the site's vCenter.

    Raises:
        UitwijkError: machines of the state stand in the vCenter, so that it is not new.
    """
    deployment = Deployment(exported)
    gone = {resource["urn"] for resource in deployment.resources if _stood_there(resource)}
    machines = tuple(sorted(deployment.of(MACHINE)))
    if there := inventory.by_name.keys() & set(machines):
        raise UitwijkError(
            f"the vCenter of {site}, {inventory.server}, is not new: {len(there)} machines of the stack stand there "
            f"({names(there)}). `{up_command(site)}` removes those that have to go"
        )
    deployment.forget(gone)
    deployment.settle(lambda operation: _stood_there(operation["resource"]))
    return Forgetting(machines, len(gone) - len(machines), len(deployment.of(DISK)), deployment.text())


def _stood_there(resource: Mapping[str, Any]) -> bool:
    return str(resource["type"]).startswith(_VCENTER) and resource["type"] != DISK


def run(workspace: Workspace, site: str, *, yes: bool) -> None:
    """The command: shows what is forgotten, asks, keeps the old state in a file, and says what to run next.

    Raises:
        UitwijkError: the site is not declared drained, its state or its vCenter cannot be read, or it is not new.
    """
    region, situation = workspace.load()
    if site not in region.sites:
        raise UitwijkError(f"rebuilt {site}: there is no such site; there are: {', '.join(region.sites)}")
    if situation.sites[site] is not SiteState.DRAINED:
        raise UitwijkError(
            f"{site} is declared {situation.sites[site]}. A rebuilt site comes back as drained first: "
            f"`uitwijk declare drained {site} --by … --reason …`"
        )
    env = engine_environment(workspace, os.environ)
    pulumi = Pulumi(workspace.root, env)
    exported = pulumi.export(site)
    found = forgetting(site, exported, _inventory(pulumi, site, env.get("SSL_CERT_FILE")))
    console = output()
    if not found.machines and not found.others:
        console.print(f"The state of stack {site} holds nothing of an old vCenter. There is nothing to forget.")
        return
    console.print(
        f"The state of stack {site} holds {count(len(found.machines), 'machine')} of an old vCenter, none of which "
        f"stands in this one. It will forget them, and {found.others} folders, tags and rules; it keeps "
        f"{count(found.disks, 'data disk')} and all secrets. Nothing in any vCenter changes."
    )
    if on_terminal() and not yes and not typer.confirm("\nForget them?"):
        console.print("Nothing was changed.")
        raise typer.Exit(1)
    before = keep(workspace.root, site, "rebuilt", exported)
    pulumi.order("stack", "import", "--stack", site, stdin=found.state)
    console.print(f"\nStack {site} has forgotten its old vCenter. The state before: {before.name}", style=GOOD)
    console.print("\nTo run next, in this order:", style="bold")
    console.print(f"  # once replication into {site} runs:", markup=False)
    for other in (site, *(living for living in situation.living if living != site)):
        command(console, up_command(other))


def _inventory(pulumi: Pulumi, site: str, authorities: str | None) -> Inventory:
    reading = read_stacks(pulumi, [site])[site]
    if reading.vcenter is None:
        problem = reading.vcenter_problem
        raise UitwijkError(f"the vCenter of {site} is not known: {problem.why}; {problem.remedy}" if problem else site)
    with trusting(authorities):
        return read_inventory(reading.vcenter.server, reading.vcenter.user, reading.vcenter.password)
