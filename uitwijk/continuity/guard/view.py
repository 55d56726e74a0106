"""What the guard looks at: the facts, beside what the placement wants of this site."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from uitwijk.continuity.facts import Facts, StackFacts
from uitwijk.continuity.guard.history import worked_in
from uitwijk.continuity.placement import Placement
from uitwijk.continuity.region import Machine, Region
from uitwijk.continuity.situation import Situation


class View:
    """All that the rows of the guard share."""

    def __init__(self, region: Region, situation: Situation, placement: Placement, facts: Facts) -> None:
        self.region = region
        self.situation = situation
        self.facts = facts
        self.site = facts.site
        self.doubted: dict[str, int] = {}
        """Peers whose state can be read and not be believed: the epoch that it was seen at; 0: none."""
        # A peer that nobody asked is as unknown as one that does not answer; one declared lost is none.
        self.peers = [
            self._believed(facts.peers.get(site, StackFacts(site, readable=False, why="it was not asked")))
            for site in region.sites
            if site != facts.site and situation.reachable(site)
        ]
        self.placed_here = {key for key, where in placement.workloads.items() if where == facts.site}
        """Cold workloads."""
        self.hot_here = set(placement.hot.get(facts.site, ()))
        self.where = placement.workloads

    def _believed(self, peer: StackFacts) -> StackFacts:
        """The peer as far as it can be believed: a state that was lost or is old says nothing of what runs there."""
        seen = self.facts.own.seen.get(peer.site, 0)
        if not peer.readable:
            return peer
        if seen > (peer.epoch or 0):
            at = f"it is at epoch {peer.epoch}" if peer.epoch else "it looks as if never brought up"
            why = f"{at}, but was at epoch {seen} when stack {self.site} last saw it: its state was lost or is old"
        elif peer.epoch is None and (epoch := worked_in(self.region, self.situation, peer.site)):
            why = f"it looks as if never brought up, but the situation's log gave it work in epoch {epoch}"
        else:
            return peer
        self.doubted[peer.site] = seen
        return StackFacts(peer.site, readable=False, why=why)

    def machines(self, keys: Iterable[str]) -> set[str]:
        """Names of all machines of these workloads."""
        return {machine.name for key in keys for machine in self.region.workloads[key].machines}

    def made_here(self) -> list[Machine]:
        """The machines with data disks that this run would make."""
        missing = self.machines(self.placed_here) - self.facts.own.machines
        return [machine for name in sorted(missing) if (machine := self.region.machines[name]).disks]

    def placed_here_of(self, dataset: str) -> set[str]:
        """The workloads placed here whose data is in that dataset."""
        return {key for key in self.placed_here if self.region.workloads[key].home == dataset}

    def held(self, stack: StackFacts, keys: Collection[str]) -> set[str]:
        """The stack's machines of these workloads."""
        return {name for name in stack.machines if self.workload_of(name) in keys}

    def whose(self, machines: Iterable[str]) -> frozenset[str]:
        """The workloads that machines belong to."""
        return frozenset(key for name in machines if (key := self.workload_of(name)) is not None)

    def workload_of(self, machine: str) -> str | None:
        """Whose machine it is. One that left the catalogue still bears its organisation, service, role and number."""
        if machine in self.region.machines:
            return self.region.machines[machine].workload
        bearing = [key for key in self.region.workloads if machine.startswith(key.replace("/", "-") + "-")]
        return max(bearing, key=len, default=None)

    def home_disks(self) -> dict[str, int]:
        """The data disks that belong to this site, whatever runs where: sizes in GiB by logical name."""
        return {
            f"{machine.name}-{disk}": size
            for workload in self.region.workloads.values()
            if workload.home == self.site
            for machine in workload.machines
            for disk, size in machine.disks.items()
        }

    def keepers(self, disks: Collection[str]) -> frozenset[str]:
        """The workloads of data disks that belong to this site."""
        return frozenset(
            machine.workload
            for machine in self.region.machines.values()
            if any(f"{machine.name}-{disk}" in disks for disk in machine.disks)
        )
