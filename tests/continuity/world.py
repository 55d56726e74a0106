"""A world in which people declare, sites are cut off, and stacks are brought up: as small as the model allows."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import ClassVar

from tests.continuity.regions import build
from tests.continuity.situations import situation
from uitwijk.continuity import place
from uitwijk.continuity.declaration import Change, declare
from uitwijk.continuity.errors import SituationError
from uitwijk.continuity.facts import Facts, StackFacts
from uitwijk.continuity.guard import Refusal
from uitwijk.continuity.placement import Placement
from uitwijk.continuity.region import Region, Workload
from uitwijk.continuity.situation import SiteState, Situation
from uitwijk.continuity.waiting import decide

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
    remembered: dict[str, int] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)


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

        self.standing: dict[str, set[str]] = {site: set() for site in region.sites}
        """The machines that stand in the vCenter of each site, whatever the state says."""
        self.backups: dict[str, list[Stack]] = {site: [Stack()] for site in region.sites}
        """What the state of each site's stack was after each run."""
        self.files: set[str] = set()
        """The data disks whose file is there."""
        self.made: set[str] = set()
        """The data disks that ever existed."""
        self.stuck: set[str] = set()
        """Machines that cannot be deleted."""

        self.succeeded = False
        """Whether the last run made and removed everything that it wanted to."""
        self.waited: set[str] = set()
        """The workloads that waited in the last run."""
        self.emptied: set[str] = set()
        """Data disks that were made anew, empty, after they had existed."""
        self.started_on_a_copy: set[str] = set()
        """Cold machines that were started where the situation in use did not say that their data is writable."""
        self.went_back: set[str] = set()
        """Sites whose stack applied an older situation than it had applied before."""

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

    def lose_state(self, site: str) -> None:
        """The stack is initialised anew."""
        self.stacks[site] = Stack()

    def restore_state(self, site: str, back: int) -> None:
        """The stack becomes what it was after its last run, or after an earlier one."""
        backups = self.backups[site]
        self.stacks[site] = deepcopy(backups[-1 - min(back, len(backups) - 1)])

    def lose_disk(self, site: str) -> None:
        """The file of one disk of the site's dataset is gone, and its stack's state was refreshed."""
        for disk in sorted(self.files & self._disks(site).keys())[:1]:
            self.files.discard(disk)
            self.stacks[site].disks.pop(disk, None)

    def stick(self, site: str) -> None:
        """The first cold machine at the site cannot be deleted any more."""
        cold = [name for name in sorted(self.standing[site]) if not self._workload(name).hot]
        self.stuck |= set(cold[:1])

    def up(self, site: str, *, back: int = 0, stop_after: int | None = None) -> tuple[Refusal, ...]:
        """Brings a site's stack up, as far as the guard has nothing against it. What it refused; nothing: it went on.

        Args:
            site: whose stack.
            back: how many epochs ago the copy of the situation was made that is used there.
            stop_after: steps after which the engine dies; None: it finishes.
        """
        declared = self.history[-1 - min(back, len(self.history) - 1)]
        placement = self.placement(declared)
        decision = decide(self.region, declared, placement, self._facts(site, declared))
        if decision.refusals:
            return decision.refusals
        stack, waiting = self.stacks[site], decision.waiting
        if declared.epoch < (stack.epoch or 0):
            self.went_back.add(site)
        stack.epoch, stack.digest, stack.seen = declared.epoch, declared.digest, dict(decision.seen)
        for disk, size in self._disks(site).items():
            if disk not in waiting.disks:
                self._make_disk(stack, disk, size)
        runs = placement.runs_at(site)
        wanted = {m.name for k, w in self.region.workloads.items() for m in waiting.stand(w, active=k in runs)}
        # As the engine does: it creates before it deletes, and goes on after an error.
        steps = [*sorted(wanted - stack.machines), *sorted(stack.machines - wanted)]
        for name in steps[:stop_after]:
            if name in wanted:
                self._start(name, site, declared)
            elif name not in self.stuck:
                stack.machines.discard(name)
                self.standing[site].discard(name)
        finished = stop_after is None or stop_after >= len(steps)
        self.succeeded = finished and stack.machines == wanted == self.standing[site]
        if self.succeeded and declared is self.situation:
            self.fenced.discard(site)
        self.waited = set(waiting.reasons)
        self.backups[site].append(deepcopy(stack))
        return ()

    def _make_disk(self, stack: Stack, disk: str, size: int) -> None:
        if disk not in stack.disks:
            if disk in self.files:
                return  # the provider refuses: the file is there
            if disk in self.made:
                self.emptied.add(disk)
            self.files.add(disk)
            self.made.add(disk)
        stack.disks[disk] = stack.remembered[disk] = size

    def _workload(self, machine: str) -> Workload:
        return self.region.workloads[self.region.machines[machine].workload]

    def _start(self, name: str, site: str, declared: Situation) -> None:
        if name in self.standing[site]:
            return  # the name is taken, by a machine that the state does not know
        self.standing[site].add(name)
        self.stacks[site].machines.add(name)
        workload = self._workload(name)
        if not workload.hot and declared.data[workload.home] != site:
            self.started_on_a_copy.add(name)

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
            standing=frozenset(self.standing[site]),
        )

    def _seen(self, site: str) -> StackFacts:
        stack = self.stacks[site]
        machines, disks = frozenset(stack.machines), dict(stack.disks)
        return StackFacts(
            site,
            True,
            epoch=stack.epoch,
            digest=stack.digest,
            machines=machines,
            disks=disks,
            remembered=dict(stack.remembered),
            seen=dict(stack.seen),
        )

    def cold_at(self, site: str) -> set[str]:
        """The cold workloads of which at least one machine stands at the site."""
        return {workload.key for name in self.standing[site] if not (workload := self._workload(name)).hot}

    def served_twice(self) -> set[str]:
        """The cold workloads that work at two sites at once, both of them on the production network."""
        east, west = (self.cold_at(site) if site not in self.fenced else set() for site in self.region.sites)
        return east & west

    def went_wrong(self) -> bool:
        """Whether anything happened that the guard is there to prevent."""
        return bool(self.served_twice() or self.started_on_a_copy or self.went_back or self.emptied)
