"""Whether names that the first `up` gives are taken in a vCenter: it would end on them."""

from __future__ import annotations

from collections.abc import Iterator

from uitwijk.commands.readiness.line import Line, fail
from uitwijk.commands.recover.shared import shared_resources
from uitwijk.continuity.region import Region
from uitwijk.observe.inventory import Inventory
from uitwijk.observe.readings import StackReading
from uitwijk.wording import shortened, up_command


def taken_lines(region: Region, reading: StackReading, inventory: Inventory) -> Iterator[Line]:
    """Which folders, tag categories and tags stand there before a stack was ever brought up; nothing, if none does."""
    facts, site = reading.facts, reading.site
    if not facts.readable or facts.epoch is not None or region.machines.keys() & inventory.by_name.keys():
        return  # what a state holds is its own, and one that was lost is told of elsewhere
    found = list(shared_resources(region, site, inventory))
    if not found:
        return
    up = f"`{up_command(site)}`"
    unfit = [each for each in found if each.unfit]
    yield fail(
        f"names {site}",
        f"the first `up` would end on names that are taken in the vCenter: "
        f"{shortened(f'{each.noun} {each.name}' for each in found)}",
        "what is somebody else's is renamed in the vSphere Client"
        + (f" ({shortened(each.name for each in unfit)} must be: not for one tag a machine)" if unfit else "")
        + f"; what an earlier stack of this region left is taken over: {up}, which ends on it, then "
        f"`uitwijk recover {site}`, which takes it into the state, then {up}",
    )
