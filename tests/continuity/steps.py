"""What people do in a world, and what happens to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.continuity.world import World
from uitwijk.continuity.declaration import Change
from uitwijk.continuity.region import Region


@dataclass(frozen=True, repr=False)
class Step:
    """Something that somebody does. A list of them reads as a story."""

    words: str
    take: Callable[[World], object]

    def __repr__(self) -> str:
        return self.words


def declared(*changes: Change) -> Step:
    """Somebody declares `changes`, legal or not."""
    return Step(f"declare {', '.join(str(change) for change in changes)}", lambda world: world.declare(changes))


def up(site: str, *, back: int = 0, stop_after: int | None = None) -> Step:
    """Somebody brings up a site's stack; the arguments are those of `World.up`."""
    words = f"up {site}"
    if back:
        words += f" with a copy {back} epoch{'s' * (back > 1)} old"
    if stop_after is not None:
        words += f", killed after {stop_after} step{'s' * (stop_after > 1)}"
    return Step(words, lambda world: world.up(site, back=back, stop_after=stop_after))


def cut_off(site: str) -> Step:
    """A site is cut off."""
    return Step(f"{site} is cut off", lambda world: world.cut_off(site))


def reconnected(site: str) -> Step:
    """A site is within reach again."""
    return Step(f"{site} is within reach again", lambda world: world.reconnect(site))


def state_lost(site: str) -> Step:
    """The state of a site's stack is lost, and somebody initialises it anew."""
    return Step(f"the state of {site} is lost", lambda world: world.lose_state(site))


def state_restored(site: str, *, back: int = 0) -> Step:
    """A backup of a site's state is imported: the newest, or an older one."""
    which = f"{back} runs old" if back else "newest"
    return Step(f"the {which} backup of the state of {site} is imported", lambda world: world.restore_state(site, back))


def disk_vanishes(site: str) -> Step:
    """The file of a data disk of the site vanishes where it is writable, and somebody refreshes the site's stack."""
    return Step(f"a disk of {site} vanishes and is refreshed", lambda world: world.lose_disk(site))


def stuck(site: str) -> Step:
    """From now on a cold machine that stands at the site cannot be deleted, for it has a snapshot."""
    return Step(f"a machine at {site} cannot be deleted", lambda world: world.stick(site))


def unstuck(site: str) -> Step:
    """Every machine at the site can be deleted again."""
    return Step(f"every machine at {site} can be deleted", lambda world: world.stuck.clear())


def snapshots_made(site: str) -> Step:
    """Every machine with data at the site gets a snapshot, which nobody removes."""
    return Step(f"the backup leaves snapshots at {site}", lambda world: world.snap(site))


def consolidated(site: str) -> Step:
    """What is left of snapshots at the site is put in order."""
    return Step(f"the snapshots at {site} are consolidated", lambda world: world.consolidate(site))


def retired(what: str, after: Region) -> Step:
    """Something leaves the region by `uitwijk retire`."""
    return Step(f"{what} is retired", lambda world: world.retire(after))
