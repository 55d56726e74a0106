"""Which way the simulated storage of `uitwijk sites` may replicate: watched, since a person plays the calamity."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from uitwijk.continuity import load_situation, place
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import SiteState
from uitwijk.running.engine import Engine
from uitwijk.simulated.replication import Directions
from uitwijk.simulated.vcenter import SimulatedVCenter


class Storage:
    """Follows the situation file, the outages and the stacks.

    A site that was cut off receives nothing until its stack holds no machine that the placement does not give it.

    Args:
        situation: the file that a person declares in.
        engines: of the sites' stacks.
    """

    def __init__(
        self,
        region: Region,
        vcenters: Mapping[str, SimulatedVCenter],
        situation: Path,
        engines: Mapping[str, Engine],
    ) -> None:
        self._region = region
        self._vcenters = vcenters
        self._situation = situation
        self._engines = engines
        self._returning: set[str] = set()

    def directions(self) -> Directions:
        """What may be copied now."""
        situation = load_situation(self._situation, self._region)
        reachable = {site for site, vcenter in self._vcenters.items() if vcenter.state()["datastores"] == "readable"}
        self._returning |= set(self._vcenters) - reachable
        for site in sorted(self._returning & reachable):
            if situation.sites[site] is not SiteState.LOST and self._is_clean(site):
                self._returning.discard(site)
        return Directions(situation.data, frozenset(reachable), frozenset(reachable - self._returning))

    def _is_clean(self, site: str) -> bool:
        placement = place(self._region, load_situation(self._situation, self._region))
        allowed = {machine.name for key in placement.runs_at(site) for machine in self._region.workloads[key].machines}
        stack = self._engines[site].pulumi.facts(site)
        return stack.readable and stack.machines <= allowed
