"""A world in which people declare, sites are cut off, and stacks are brought up: as small as the model allows."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from continuity import place
from continuity.declaration import Change, declare
from continuity.errors import SituationError
from continuity.guard import Facts, Refusal, StackFacts, judge
from continuity.placement import Placement
from continuity.region import Region
from continuity.situation import SiteState, Situation
from tests.continuity.regions import build
from tests.continuity.situations import situation

NOW = datetime.datetime(2026, 11, 28, 8, 12, tzinfo=datetime.UTC)


def tiny() -> Region:
    """Two sites, one municipality at home at each."""
    return build(
        hosts={"east": [(64, 512)] * 3, "west": [(64, 512)] * 3},
        municipalities={
            "m-east": {"home": "east", "seats": 8, "relocation": ["west-office"]},
            "m-west": {"home": "west", "seats": 8, "relocation": ["east-office"]},
        },
    )


@dataclass
class Stack:
    """The state of one site's stack."""

    epoch: int | None = None
    digest: str | None = None
    machines: set[str] = field(default_factory=set)
    disks: dict[str, int] = field(default_factory=dict)


class World:
    """Both stacks, the newest situation, and what people do that no program sees."""

    _placements: ClassVar[dict[str, Placement]] = {}
    """By digest of the situation. All worlds of a process are of one region."""

    def __init__(self, region: Region) -> None:
        self.region = region
        self.history = [situation(region)]
        self.stacks = {site: Stack() for site in region.sites}
        self.unreached: set[str] = set()
        """Sites that nobody reaches from outside. What stands there may still run."""
        self.fenced: set[str] = set()
        """Sites whose production network the administrator cut when they were declared lost."""

    @property
    def situation(self) -> Situation:
        """The newest one."""
        return self.history[-1]

    def declare(self, changes: Sequence[Change]) -> bool:
        """Whether the declaration was legal; then it stands, and a lost site is fenced."""
        try:
            following = declare(self.region, self.situation, changes, by="duty officer", reason="walk", at=NOW)
        except SituationError:
            return False
        self.history.append(following)
        self.fenced |= {site for site, state in following.sites.items() if state is SiteState.LOST}
        return True

    def placement(self, declared: Situation) -> Placement:
        """Of that situation; made once, for walks pass by the same ones again and again."""
        if declared.digest not in self._placements:
            self._placements[declared.digest] = place(self.region, declared)
        return self._placements[declared.digest]

    def cut_off(self, site: str) -> None:
        """From now on nobody reaches the site from outside."""
        self.unreached.add(site)

    def reconnect(self, site: str) -> None:
        """Ends `cut_off`."""
        self.unreached.discard(site)

    def up(self, site: str, *, back: int = 0, stop_after: int | None = None) -> tuple[Refusal, ...]:
        """Brings a site's stack up, if the guard has nothing against it.

        Args:
            site: whose stack.
            back: how many epochs ago the copy of the situation was made that is used there.
            stop_after: steps after which the engine dies; None: it finishes.
        """
        declared = self.history[-1 - min(back, len(self.history) - 1)]
        placement = self.placement(declared)
        refusals = judge(self.region, declared, placement, self._facts(site, declared))
        if refusals:
            return refusals
        stack = self.stacks[site]
        stack.epoch, stack.digest = declared.epoch, declared.digest
        wanted = {m.name for key in placement.runs_at(site) for m in self.region.workloads[key].machines}
        steps = [*sorted(stack.machines - wanted), *sorted(wanted - stack.machines)]
        for name in steps[:stop_after]:
            stack.machines ^= {name}
        stack.disks |= self._disks(site)
        finished = stop_after is None or stop_after >= len(steps)
        if finished and declared is self.situation:
            self.fenced.discard(site)
        return ()

    def _disks(self, site: str) -> dict[str, int]:
        own = (workload for workload in self.region.workloads.values() if workload.home == site)
        machines = (machine for workload in own for machine in workload.machines)
        return {f"{machine.name}-{disk}": size for machine in machines for disk, size in machine.disks.items()}

    def _facts(self, site: str, declared: Situation) -> Facts:
        peers = [peer for peer in self.region.sites if peer != site and declared.reachable(peer)]
        return Facts(
            site=site,
            own=self._seen(site),
            peers={
                peer: StackFacts(peer, readable=False, why="no answer")
                if {peer, site} & self.unreached
                else self._seen(peer)
                for peer in peers
            },
            vcenter_problem=None,
        )

    def _seen(self, site: str) -> StackFacts:
        stack = self.stacks[site]
        machines, disks = frozenset(stack.machines), dict(stack.disks)
        return StackFacts(site, True, epoch=stack.epoch, digest=stack.digest, machines=machines, disks=disks)

    def cold_at(self, site: str) -> set[str]:
        """The cold workloads of which at least one machine stands at the site."""
        workloads = {self.region.machines[name].workload for name in self.stacks[site].machines}
        return {key for key in workloads if not self.region.workloads[key].hot}

    def served_twice(self) -> set[str]:
        """The cold workloads that work at two sites at once, both of them on the production network."""
        east, west = (self.cold_at(site) if site not in self.fenced else set() for site in self.region.sites)
        return east & west
