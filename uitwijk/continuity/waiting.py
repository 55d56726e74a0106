"""What waits in a run, and what the run does without it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from uitwijk.continuity.facts import Facts, HeldDisk
from uitwijk.continuity.guard import Refusal, judge, was_away
from uitwijk.continuity.placement import Placement
from uitwijk.continuity.region import Machine, Region, Workload
from uitwijk.continuity.room import wait_for_room
from uitwijk.continuity.situation import Situation

ROOM = "room"
"""Why a workload waits whose site has to remove others first."""


@dataclass(frozen=True)
class Waiting:
    """What a run leaves as it is, although the situation asks for something else. Waiting never removes.

    And which data disks it must take as they are.
    """

    reasons: Mapping[str, str] = field(default_factory=dict)
    """By key of each workload that waits: a row of the guard, `room`, or `needs` and the workload that it waits for."""
    machines: frozenset[str] = frozenset()
    """Names of machines that are not made yet."""
    kept: frozenset[str] = frozenset()
    """Names of machines that stay, although their workload is placed elsewhere."""
    disks: frozenset[str] = frozenset()
    """Logical names of data disks that are not made."""
    gone: frozenset[str] = frozenset()
    """Those of them that were made once."""
    returned: frozenset[str] = frozenset()
    """Logical names of data disks that were made before, and whose data was elsewhere since: blank, they are copies
    that never arrived, and no new disks."""

    def stand(self, workload: Workload, *, active: bool) -> tuple[Machine, ...]:
        """The workload's machines that stand here after the run, in the order of their start.

        Args:
            workload: of the region.
            active: whether the situation places it here.
        """
        return tuple(
            machine
            for machine in workload.machines
            if machine.name in self.kept or (active and machine.name not in self.machines)
        )


NOTHING = Waiting()
"""Everything is brought to what the situation says."""


@dataclass(frozen=True)
class Decision:
    """Whether a stack may be brought to what the placement says, and with what left as it is."""

    refusals: tuple[Refusal, ...] = ()
    """Why the whole run is refused; none: it may go on."""
    waiting: Waiting = NOTHING
    """What it leaves as it is."""
    obstacles: tuple[Refusal, ...] = ()
    """What that waits for."""
    leftover: Mapping[str, HeldDisk] = field(default_factory=dict)
    """Data disks that the stack holds and no workload has any more, by logical name, as they are to be held on: those
    that are retired without protection, so that the next run lets go of them."""
    seen: Mapping[str, int] = field(default_factory=dict)
    """By site, the newest epoch of its stack that this one remembers from now on."""


NOTHING_WAITS = Decision()
"""Where no facts matter: what is hypothetical is only previewed."""


def decide(region: Region, situation: Situation, placement: Placement, facts: Facts) -> Decision:
    """What the guard's refusals mean for the run of a site's stack.

    One that concerns the whole run refuses it. Others make the workloads that they concern wait, and those that need
    them; the rest goes on. If all waits that would be created, or there is nothing else to do, the run is refused, too.
    """
    refusals = judge(region, situation, placement, facts)
    if any(not refusal.workloads for refusal in refusals):
        return Decision(refusals)
    run = _Run(region, placement, facts)
    waiting = run.behind(refusals)
    if refusals and not run.does_more_than(waiting):
        return Decision(refusals)
    returned = frozenset(facts.own.remembered) if was_away(situation, facts.site) else frozenset()
    left = replace(run.waiting(waiting, refusals), returned=returned)
    return Decision((), left, refusals, _leftover(region, facts), _seen(situation, facts))


def _leftover(region: Region, facts: Facts) -> Mapping[str, HeldDisk]:
    """Nothing stands in the way of a run because a disk left the catalogue, and none leaves the state by a slip."""
    known = {
        f"{machine.name}-{disk}"
        for machine in region.machines.values()
        if region.workloads[machine.workload].home == facts.site
        for disk in machine.disks
    }
    left = {name: disk for name, disk in facts.own.held.items() if name not in known}
    return {
        name: replace(disk, protected=name not in region.left_disks)
        for name, disk in left.items()
        if disk.protected or name not in region.left_disks
    }


def _seen(situation: Situation, facts: Facts) -> Mapping[str, int]:
    """Noted with each new epoch alone, so that a run that changes nothing changes no record."""
    before = facts.own.seen
    if facts.own.epoch == situation.epoch:
        return before
    now = {site: peer.epoch for site, peer in facts.peers.items() if peer.epoch is not None}
    return {**before, **{site: max(epoch, before.get(site, 0)) for site, epoch in now.items()}}


class _Run:
    def __init__(self, region: Region, placement: Placement, facts: Facts) -> None:
        self._region = region
        self._site = facts.site
        self._own = facts.own
        self._placement = placement
        self._placed = placement.runs_at(facts.site)
        here = {region.machines[name].workload for name in facts.own.machines if name in region.machines}
        self._all = [key for key in region.by_urgency if key in self._placed or key in here]

    def behind(self, refusals: Sequence[Refusal]) -> dict[str, str]:
        """Why each workload waits that does: what the refusals concern, and what needs that."""
        reasons: dict[str, str] = {}
        for refusal in refusals:
            for key in sorted(refusal.workloads):
                reasons.setdefault(key, refusal.row)
        for key in self._all:
            needed = next((need for need in self._region.needs[key] if need in reasons), None)
            if needed is not None:
                reasons.setdefault(key, f"needs {needed}")
        return reasons

    def does_more_than(self, waiting: Collection[str]) -> bool:
        """Whether anything is left to do when these workloads wait."""
        wanted = self._machines(self._placed)
        made, removed = wanted - self._own.machines, self._own.machines - wanted
        return any(self._owner(name) not in waiting for name in made or removed)

    def waiting(self, reasons: dict[str, str], refusals: Sequence[Refusal]) -> Waiting:
        """All that waits, what has to wait for room included."""
        held = self._machines(reasons.keys())
        disks = frozenset().union(*(refusal.disks for refusal in refusals))
        kept = held & self._own.machines - self._machines(self._placed)
        machines = held & self._machines(self._placed) - self._own.machines
        without_room = wait_for_room(self._region, self._placement, self._site, self._own.machines) - machines
        for name in sorted(without_room):
            reasons.setdefault(self._region.machines[name].workload, ROOM)
        return Waiting(
            reasons, frozenset(machines) | without_room, frozenset(kept), disks, disks & self._own.remembered.keys()
        )

    def _machines(self, keys: Collection[str]) -> set[str]:
        return {machine.name for key in keys for machine in self._region.workloads[key].machines}

    def _owner(self, machine: str) -> str | None:
        return self._region.machines[machine].workload if machine in self._region.machines else None
