"""A world in which people declare, sites are cut off, and stacks are brought up: as small as the model allows."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import ClassVar

from tests.continuity.regions import build
from tests.continuity.situations import situation
from uitwijk.continuity import place
from uitwijk.continuity.declaration import Change, declare
from uitwijk.continuity.errors import SituationError
from uitwijk.continuity.facts import Facts, HeldDisk, StackFacts, VCenterFacts
from uitwijk.continuity.guard import Refusal
from uitwijk.continuity.placement import Placement
from uitwijk.continuity.region import Region, Workload, dataset_datastore
from uitwijk.continuity.situation import SiteState, Situation
from uitwijk.continuity.waiting import decide

NOW = datetime.datetime(2026, 11, 28, 8, 12, tzinfo=datetime.UTC)


def tiny(*without: str) -> Region:
    """Two sites, one municipality at home at each; that of the east may be without some services."""
    return build(
        hosts={"east": [(64, 512)] * 3, "west": [(64, 512)] * 3},
        municipalities={
            "m-east": {"home": "east", "seats": 8, "relocation": ["west-office"], "without": list(without)},
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
    protected: set[str] = field(default_factory=set)
    """Those of its disks that the engine refuses to let go of."""
    remembered: dict[str, int] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)


class World:
    """Both stacks, the newest situation, and what people do that no program sees."""

    _placements: ClassVar[dict[tuple[int, str], Placement]] = {}
    """By region and digest of the situation. The regions of all worlds live as long as the process."""

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
        """Machines that cannot be deleted, and nobody sees why."""
        self.snapped: dict[str, set[str]] = {site: set() for site in region.sites}
        """By site, the machines there that have a snapshot."""
        self.deltas: dict[str, set[str]] = {site: set() for site in region.sites}
        """By site, the data disks that go on in the file of a snapshot."""

        self.succeeded = False
        """Whether the last run made and removed everything that it wanted to."""
        self.waited: set[str] = set()
        """The workloads that waited in the last run."""
        self.obstacles: tuple[Refusal, ...] = ()
        """What they waited for."""
        self.emptied: set[str] = set()
        """Data disks that were made anew, empty, after they had existed."""
        self.started_on_a_copy: set[str] = set()
        """Cold machines that were started where the situation in use did not say that their data is writable."""
        self.started_as_it_was: set[str] = set()
        """Machines that were started on data as of a snapshot, or without it."""
        self.stood_still: set[str] = set()
        """Sites whose run was ended by the engine, for it was to let go of a disk that it holds."""
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
        key = id(self.region), declared.digest
        if key not in self._placements:
            self._placements[key] = place(self.region, declared)
        return self._placements[key]

    def cut_off(self, site: str) -> None:
        """From now on nobody reaches the site from outside."""
        self.unreached.add(site)

    def reconnect(self, site: str) -> None:
        """Ends `cut_off`."""
        self.unreached.discard(site)

    def lose_state(self, site: str) -> None:
        """The stack is initialised anew."""
        self.stacks[site] = Stack()

    def restore_state(self, site: str, back: int, *, epoch: int = 0) -> None:
        """The stack becomes what it was after its last run, or after an earlier one; of `epoch` or later at least."""
        backups = [each for each in self.backups[site] if (each.epoch or 0) >= epoch]
        self.stacks[site] = deepcopy(backups[-1 - min(back, len(backups) - 1)])

    def lose_disk(self, site: str) -> None:
        """The file of one disk of the site's dataset is gone, and its stack's state was refreshed."""
        for disk in sorted(self.files & self._disks(site).keys())[:1]:
            self.files.discard(disk)
            self.stacks[site].disks.pop(disk, None)

    def stick(self, site: str) -> None:
        """The first cold machine at the site cannot be deleted any more."""
        cold = [name for name in sorted(self.standing[site]) if self._is_cold(name)]
        self.stuck |= set(cold[:1])

    def snap(self, site: str) -> None:
        """Every machine with data disks at the site gets a snapshot, and its disks go on in files beside them.

        Replication brings these to the other sites, too.
        """
        for name in self.standing[site] & self.region.machines.keys():
            if disks := self._disks_of(name):
                self.snapped[site].add(name)
                replicated = self.situation.data[self._workload(name).home] == site
                for there in self.deltas if replicated else (site,):
                    self.deltas[there] |= disks

    def consolidate(self, site: str) -> None:
        """The remedies: at a site that works on its disks snapshots are removed, elsewhere their files are moved away.

        The second is as if people said that the data as of the snapshot will do.
        """
        self.snapped[site].clear()
        self.deltas[site].clear()

    def put_files_back(self) -> None:
        """Every data disk that ever existed lies where it lay again, from a replica or a backup."""
        self.files |= self.made

    def recover(self, site: str) -> None:
        """As `uitwijk recover` does: state and vCenter hold the same machines, and the state the disks that are there.

        What the state does not know leaves the inventory, and what does not stand there leaves the state.
        """
        stack, known = self.stacks[site], self.standing[site]
        known -= known - stack.machines - self.snapped[site] - self.stuck
        stack.machines &= known
        for disk, size in self._disks(site).items():
            if disk in self.files:
                stack.disks[disk] = stack.remembered[disk] = size
                stack.protected.add(disk)

    def retire(self, after: Region) -> None:
        """Something leaves the region, and `retired.yaml` says so."""
        self.region = after

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
        ours = self._disks(site)
        if stack.protected & stack.disks.keys() - ours.keys() - decision.leftover.keys():
            self.stood_still.add(site)
            return ()
        stack.disks = {name: size for name, size in stack.disks.items() if name in ours or name in decision.leftover}
        stack.protected -= {name for name, disk in decision.leftover.items() if not disk.protected}
        for disk, size in ours.items():
            if disk not in waiting.disks:
                self._make_disk(stack, disk, size)
        runs = placement.runs_at(site)
        wanted = {m.name for k, w in self.region.workloads.items() for m in waiting.stand(w, active=k in runs)}
        # As the engine does: it creates before it deletes, and goes on after an error.
        steps = [*sorted(wanted - stack.machines), *sorted(stack.machines - wanted)]
        for name in steps[:stop_after]:
            if name in wanted:
                self._start(name, site, declared)
            elif name not in self.stuck | self.snapped[site]:
                stack.machines.discard(name)
                self.standing[site].discard(name)
        finished = stop_after is None or stop_after >= len(steps)
        self.succeeded = finished and stack.machines == wanted == self.standing[site]
        if self.succeeded and declared is self.situation:
            self.fenced.discard(site)
        self.waited, self.obstacles = set(waiting.reasons), decision.obstacles
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
        stack.protected.add(disk)

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
        disks = self._disks_of(name)
        if disks & self.deltas[site] or disks - self.files:
            self.started_as_it_was.add(name)

    def _disks(self, site: str) -> dict[str, int]:
        own = (workload for workload in self.region.workloads.values() if workload.home == site)
        machines = (machine for workload in own for machine in workload.machines)
        return {f"{machine.name}-{disk}": size for machine in machines for disk, size in machine.disks.items()}

    def _disks_of(self, machine: str) -> set[str]:
        return {f"{machine}-{disk}" for disk in self.region.machines[machine].disks}

    def _is_cold(self, machine: str) -> bool:
        return machine in self.region.machines and not self._workload(machine).hot

    def _vcenter(self, site: str) -> VCenterFacts:
        """What the vCenter of the site shows: its machines, and the disks of all datasets or their replicas."""
        files: dict[str, set[str]] = {dataset_datastore(home): set() for home in self.region.sites}
        for machine in self.region.machines.values():
            for disk in machine.disks:
                name, path = f"{machine.name}-{disk}", machine.disk_path(disk)
                there = files[dataset_datastore(self._workload(machine.name).home)]
                if name in self.files:
                    there.add(path)
                if name in self.deltas[site]:
                    there.add(path.removesuffix(".vmdk") + "-000001.vmdk")
        return VCenterFacts(
            machines=frozenset(self.standing[site]),
            snapped=frozenset(self.snapped[site] & self.standing[site]),
            files={datastore: frozenset(paths) for datastore, paths in files.items()},
        )

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
            vcenter=self._vcenter(site),
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
            held={
                name: HeldDisk(f"urn:{name}", dataset_datastore(site), name, size, name in stack.protected)
                for name, size in disks.items()
            },
            remembered=dict(stack.remembered),
            seen=dict(stack.seen),
        )

    def cold_at(self, site: str) -> set[str]:
        """The cold workloads of which at least one machine stands at the site."""
        return {self._workload(name).key for name in self.standing[site] if self._is_cold(name)}

    def served_twice(self) -> set[str]:
        """The cold workloads that work at two sites at once, both of them on the production network."""
        east, west = (self.cold_at(site) if site not in self.fenced else set() for site in self.region.sites)
        return east & west

    def went_wrong(self) -> bool:
        """Whether anything happened that the guard is there to prevent."""
        return bool(
            self.served_twice()
            or self.started_on_a_copy
            or self.started_as_it_was
            or self.stood_still
            or self.went_back
            or self.emptied
        )
