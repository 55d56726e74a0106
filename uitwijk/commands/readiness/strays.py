"""Machines in a vCenter that no stack knows: what a failed or killed run left of them."""

from __future__ import annotations

from collections.abc import Iterator

from uitwijk.commands.readiness.line import Line, fail
from uitwijk.continuity.guard import backup
from uitwijk.continuity.region import Region
from uitwijk.observe.inventory import Inventory
from uitwijk.observe.readings import StackReading
from uitwijk.wording import shortened, up_command


def stray_lines(region: Region, reading: StackReading, inventory: Inventory) -> Iterator[Line]:
    """Whether a machine bears the name of one of ours and is not in the stack; nothing, if none does.

    The provider leaves such a machine behind when it cannot attach its disks or dies. The next run cannot make it, for
    the name is taken.
    """
    if not reading.facts.readable:
        return
    standing = {machine.name for machine in inventory.machines if not machine.template}
    strays = sorted((standing & region.machines.keys()) - reading.facts.machines)
    if strays and reading.facts.epoch is None:
        yield fail(
            f"strays {reading.site}",
            f"{len(strays)} machines of the region stand in the vCenter, and the state of stack {reading.site} holds "
            f"nothing: {shortened(strays)}",
            backup(reading.site),
        )
    elif strays:
        yield fail(
            f"strays {reading.site}",
            f"{len(strays)} machines stand in the vCenter that stack {reading.site} does not know, so that no "
            f"`pulumi up` can make them: {', '.join(strays)}",
            f"`uitwijk recover {reading.site}`, then `{up_command(reading.site)}`",
        )
