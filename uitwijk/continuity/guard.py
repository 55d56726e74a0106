"""The guard: whether this site's stack may be brought to what the placement says. Facts in, refusals out.

Two sites alone cannot decide safely which of them is dead. A person declares; this refuses what could put two sites to
work on one workload, or one on data that is not the writable copy. Only cold workloads are judged.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from uitwijk.continuity.facts import Facts, StackFacts
from uitwijk.continuity.placement import Placement
from uitwijk.continuity.region import Region, dataset_datastore
from uitwijk.continuity.situation import SiteState, Situation
from uitwijk.wording import names, up_command

BACKUP = (
    "Bring its state back from the newest backup: `pulumi stack import --stack {site} --file …`, then see `uitwijk "
    "check`. Never `pulumi stack init`: an empty state would make every machine of {site} a second time"
)
"""What leads out where a state was lost."""


@dataclass(frozen=True)
class Refusal:
    """One reason why this site's stack must not be previewed or brought up now."""

    row: str
    """The rule, e.g. `peer-holds`."""
    text: str
    """What is wrong, and the command or manual step that resolves it."""
    workloads: frozenset[str] = frozenset()
    """Keys of those that it concerns, which wait; none: it concerns the whole run."""
    disks: frozenset[str] = frozenset()
    """Logical names of data disks that must not be made now."""


def judge(region: Region, situation: Situation, placement: Placement, facts: Facts) -> tuple[Refusal, ...]:
    """Every refusal, in the order of the rules; none means that `preview` and `up` may go on with everything.

    What they mean for the run is for `decide` to say. A hypothetical situation may always be previewed; that it is
    never applied is for the program to see to.
    """
    if situation.hypothetical:
        return ()
    guard = _Guard(region, situation, placement, facts)
    found = [
        *guard.epochs(),
        *guard.own_site(),
        *guard.own_state(),
        *guard.strays(),
        *guard.peer_holds(),
        *guard.peer_unreadable(),
        *guard.peer_behind(),
        *guard.gives_to_unsafe_peer(),
        *guard.data_not_writable(),
        *guard.data_moved(),
        *guard.disk_gone(),
        *guard.empty_disk(),
        *guard.disk_size(),
        *guard.removal(),
    ]
    return tuple(refusal for refusal in found if refusal.row not in situation.override)


def worked_in(region: Region, situation: Situation, site: str) -> int:
    """The newest epoch in which a declaration gave work of other sites to `site`; 0: none that is known of."""
    others = [other for other in region.sites if other != site]
    gives = {f"promoted {dataset} at {site}" for dataset in others}
    for other in others:
        # Whoever comes first in the catalogue takes over.
        if next(each for each in region.sites if each != other) == site:
            gives |= {f"lost {other}", f"drained {other}"}
    return _newest(situation, gives)


def _moved_in(situation: Situation, home: str, holder: str) -> int:
    """The newest epoch since which `holder` must have been brought up to be known without the work of `home`; or 0."""
    changes = {f"{state} {home}" for state in SiteState} | {f"promoted {home} at {holder}"}
    return _newest(situation, changes)


def _newest(situation: Situation, changes: Collection[str]) -> int:
    return max((e.epoch for e in situation.log if set(changes).intersection(e.change.split(", "))), default=0)


class _Guard:
    def __init__(self, region: Region, situation: Situation, placement: Placement, facts: Facts) -> None:
        self._region = region
        self._situation = situation
        self._facts = facts
        self._site = facts.site
        self._doubted: set[str] = set()
        """Peers whose state can be read and not be believed."""
        # A peer that nobody asked is as unknown as one that does not answer; one declared lost is none.
        self._peers = [
            self._believed(facts.peers.get(site, StackFacts(site, readable=False, why="it was not asked")))
            for site in region.sites
            if site != facts.site and situation.reachable(site)
        ]
        self._placed_here = {key for key, where in placement.workloads.items() if where == facts.site}
        self._hot_here = set(placement.hot.get(facts.site, ()))
        self._where = placement.workloads

    def _believed(self, peer: StackFacts) -> StackFacts:
        """The peer as far as it can be believed: a state that was lost or is old says nothing of what runs there."""
        seen = self._facts.own.seen.get(peer.site, 0)
        if not peer.readable:
            return peer
        if seen > (peer.epoch or 0):
            at = f"it is at epoch {peer.epoch}" if peer.epoch else "it looks as if never brought up"
            why = (
                f"{at}, but was at epoch {seen} when stack {self._facts.site} last saw it: its state was lost or is old"
            )
        elif peer.epoch is None and (epoch := worked_in(self._region, self._situation, peer.site)):
            why = f"it looks as if never brought up, but the situation's log gave it work in epoch {epoch}"
        else:
            return peer
        self._doubted.add(peer.site)
        return StackFacts(peer.site, readable=False, why=why)

    def _machines(self, keys: Iterable[str]) -> set[str]:
        return {machine.name for key in keys for machine in self._region.workloads[key].machines}

    def _placed_here_of(self, dataset: str) -> set[str]:
        """The workloads placed here whose data is in that dataset."""
        return {key for key in self._placed_here if self._region.workloads[key].home == dataset}

    def _held(self, stack: StackFacts, keys: Collection[str]) -> set[str]:
        """The stack's machines of these workloads."""
        return {name for name in stack.machines if self._workload_of(name) in keys}

    def _whose(self, machines: Iterable[str]) -> frozenset[str]:
        """The workloads that machines belong to."""
        return frozenset(key for name in machines if (key := self._workload_of(name)) is not None)

    def _workload_of(self, machine: str) -> str | None:
        """Whose machine it is. One that left the catalogue still bears its organisation, service, role and number."""
        if machine in self._region.machines:
            return self._region.machines[machine].workload
        bearing = [key for key in self._region.workloads if machine.startswith(key.replace("/", "-") + "-")]
        return max(bearing, key=len, default=None)

    def epochs(self) -> list[Refusal]:
        stacks = [self._facts.own, *(peer for peer in self._peers if peer.readable)]
        refusals = []
        for stack in stacks:
            if stack.epoch is None:
                continue
            if stack.epoch > self._situation.epoch:
                text = (
                    f"the situation has epoch {self._situation.epoch}, but stack {stack.site} has already applied "
                    f"epoch {stack.epoch}: this situation.yaml is old. Get the newest one (git pull)"
                )
            elif stack.epoch == self._situation.epoch and stack.digest != self._situation.digest:
                text = (
                    f"stack {stack.site} has applied another situation with the same epoch {stack.epoch}: two copies "
                    "were changed at once. Agree on one and declare it anew; `uitwijk declare …` gives the next epoch"
                )
            else:
                continue
            refusals.append(Refusal("epoch", text))
        return refusals

    def own_site(self) -> list[Refusal]:
        refusals = []
        if self._situation.sites[self._site] is SiteState.LOST:
            text = (
                f"{self._site} is declared lost, so its stack must not be touched. If it is back: "
                f"`uitwijk declare drained {self._site} --by … --reason …`, then `{up_command(self._site)}`"
            )
            refusals.append(Refusal("own-site-lost", text))
        if self._facts.vcenter_problem:
            text = (
                f"the vCenter of {self._site} is of no use: {self._facts.vcenter_problem}. If the site is lost: "
                f"`uitwijk declare lost {self._site} --by … --reason …` and bring up the other stack"
            )
            refusals.append(Refusal("vcenter", text))
        return refusals

    def own_state(self) -> list[Refusal]:
        """This stack's state is older than what a peer saw of it, or was lost."""
        own = self._facts.own
        if not own.readable:
            return []
        refusals = []
        for peer in self._peers:
            seen = peer.seen.get(self._site, 0)
            if seen > (own.epoch or 0):
                at = f"is at epoch {own.epoch}" if own.epoch else "looks as if never brought up"
                text = (
                    f"the state of this stack {at}, but stack {peer.site} saw it at epoch {seen}: it was lost or is an "
                    f"old copy, and nobody knows what runs at {self._site}. {BACKUP.format(site=self._site)}"
                )
                refusals.append(Refusal("own-state", text))
        return refusals

    def strays(self) -> list[Refusal]:
        """Machines of ours in this site's vCenter that this stack's state does not hold."""
        own, standing = self._facts.own, self._facts.standing or frozenset()
        found = standing & self._region.machines.keys() - own.machines if own.readable else frozenset()
        if not found:
            return []
        here = self._whose(found)
        told = f"{len(found)} machines stand in the vCenter of {self._site} that the state of its stack does not hold"
        if own.epoch is None:
            text = f"{told}, and it looks as if never brought up ({names(found)}): it was lost. "
            return [Refusal("own-state", text + BACKUP.format(site=self._site))]
        text = f"{told}: {names(found)}. `uitwijk recover {self._site}` shows what each is, and puts it in order"
        elsewhere = {key for key in here if self._where.get(key, self._site) != self._site}
        return [Refusal("strays", text, frozenset() if elsewhere else here)]

    def peer_holds(self) -> list[Refusal]:
        refusals = []
        for peer in self._peers:
            held = self._held(peer, self._placed_here)
            if held:
                text = (
                    f"stack {peer.site} still holds {len(held)} machines of workloads placed here: {names(held)}. "
                    f"Release them first: `{up_command(peer.site)}` (if one failed or was broken off, `uitwijk "
                    f"check` says what comes before it; if {peer.site} is lost, declare it lost). "
                    "`uitwijk declare override peer-holds` lifts this for one epoch, at the risk of split brain"
                )
                refusals.append(Refusal("peer-holds", text, self._whose(held)))
        return refusals

    def peer_unreadable(self) -> list[Refusal]:
        missing = self._machines(self._placed_here) - self._facts.own.machines
        refusals = []
        for peer in self._peers:
            if missing and not peer.readable:
                text = (
                    f"{len(missing)} machines would be created here, but the state of stack {peer.site} cannot be "
                    f"{'believed' if peer.site in self._doubted else 'read'} ({peer.why}), so nobody knows whether "
                    f"they run there. {self._readable_again(peer.site)}. If {peer.site} is lost: `uitwijk declare lost "
                    f"{peer.site} --by … --reason …`. "
                    "`uitwijk declare override peer-unreadable` lifts this for one epoch, at the risk of split brain"
                )
                refusals.append(Refusal("peer-unreadable", text))
        return refusals

    def _readable_again(self, peer: str) -> str:
        return BACKUP.format(site=peer) if peer in self._doubted else "Make it readable"

    def peer_behind(self) -> list[Refusal]:
        """A peer that was last brought up before its work was declared elsewhere; as far as the log goes back.

        Its state may say that it holds nothing, and be the copy of a time before it took the work.
        """
        missing = {key for key in self._placed_here if self._machines([key]) - self._facts.own.machines}
        refusals = []
        for peer in self._peers:
            if peer.epoch is None:
                continue
            moved = {
                home: epoch
                for home in self._region.sites
                if (epoch := _moved_in(self._situation, home, peer.site)) > peer.epoch
            }
            held = self._whose(self._held(peer, missing))
            behind = {key for key in missing - held if self._region.workloads[key].home in moved}
            if behind:
                text = (
                    f"{len(behind)} workloads would be created here ({names(behind)}) that were given to and fro until "
                    f"epoch {max(moved.values())}, and stack {peer.site} was last brought up in epoch {peer.epoch}: it "
                    f"may hold more than its state says. Bring it up first: `{up_command(peer.site)}`"
                )
                refusals.append(Refusal("peer-behind", text, frozenset(behind)))
        return refusals

    def gives_to_unsafe_peer(self) -> list[Refusal]:
        own = {self._workload_of(name) for name in self._facts.own.machines}
        refusals = []
        for peer in self._peers:
            given = {key for key, where in self._where.items() if where == peer.site and key in own}
            held = self._held(peer, {key for key in given if not self._is_stale_here(key)})
            if given and not peer.readable:
                why = f"its state cannot be read ({peer.why})"
            elif held:
                why = f"it still holds an old copy of {len(held)} machines: {names(held)}"
            else:
                continue
            text = (
                f"{len(given)} workloads would be given to {peer.site} ({names(given)}), but {why}. Declare it "
                f"drained and bring that up first: `uitwijk declare drained {peer.site} --by … --reason …`, "
                f"`{up_command(peer.site)}`"
            )
            refusals.append(Refusal("gives-to-unsafe-peer", text, self._whose(held) if held else frozenset(given)))
        return refusals

    def _is_stale_here(self, key: str) -> bool:
        """Whether this site came back with the old copy, and the one that works on the data is elsewhere."""
        drained = self._situation.sites[self._site] is SiteState.DRAINED
        return drained and self._situation.data[self._region.workloads[key].home] != self._site

    def data_not_writable(self) -> list[Refusal]:
        refusals = []
        for dataset in self._region.sites:
            here = self._placed_here_of(dataset)
            writable = self._situation.data[dataset]
            if here and writable != self._site:
                text = (
                    f"{len(here)} workloads placed here need dataset {dataset}, which is writable at {writable}. Have "
                    f"the storage administrator promote its replica at {self._site}, then "
                    f"`uitwijk declare promoted {dataset} --at {self._site} --by … --reason …`"
                )
                refusals.append(Refusal("data-not-writable", text, frozenset(here)))
        return refusals

    def data_moved(self) -> list[Refusal]:
        """Machines that kept running here while their data was promoted away and back; as far as the log goes back."""
        own = self._facts.own
        applied = own.epoch or 0
        refusals = []
        for dataset in self._region.sites:
            held = self._held(own, self._placed_here_of(dataset))
            away = {f"promoted {dataset} at {other}" for other in self._region.sites if other != self._site}
            since = (entry for entry in self._situation.log if entry.epoch > applied)
            missed = [entry.epoch for entry in since if away.intersection(entry.change.split(", "))]
            if held and missed:
                text = (
                    f"{len(held)} machines here work on dataset {dataset} ({names(held)}). In epoch {missed[-1]} it "
                    f"was promoted away, and stack {self._site} was last brought up in epoch {applied}: they ran on "
                    f"while it changed. Remove them first: `uitwijk declare drained {self._site} --by … --reason …`, "
                    f"`{up_command(self._site)}`, then `uitwijk declare normal {self._site} --by … --reason …`"
                )
                refusals.append(Refusal("data-moved", text, self._whose(held)))
        return refusals

    def _home_disks(self) -> dict[str, int]:
        """The data disks that belong to this site, whatever runs where: sizes in GiB by logical name."""
        return {
            f"{machine.name}-{disk}": size
            for workload in self._region.workloads.values()
            if workload.home == self._site
            for machine in workload.machines
            for disk, size in machine.disks.items()
        }

    def _keepers(self, disks: Collection[str]) -> frozenset[str]:
        """The workloads of data disks that belong to this site."""
        return frozenset(
            machine.workload
            for machine in self._region.machines.values()
            if any(f"{machine.name}-{disk}" in disks for disk in machine.disks)
        )

    def disk_gone(self) -> list[Refusal]:
        own = self._facts.own
        gone = self._home_disks().keys() & own.remembered.keys() - own.disks.keys()
        if not gone:
            return []
        text = (
            f"{len(gone)} data disks that this stack made are not in its state any more ({names(gone)}): it would make "
            f"them anew, empty. Put their files back where they lay on {dataset_datastore(self._site)} (from the "
            f"replica or a backup), then run `uitwijk recover {self._site}`, which takes them into the state"
        )
        return [Refusal("disk-gone", text, self._keepers(gone), frozenset(gone))]

    def empty_disk(self) -> list[Refusal]:
        writable = self._situation.data[self._site]
        missing = self._home_disks().keys() - self._facts.own.disks.keys() - self._facts.own.remembered.keys()
        if writable == self._site or not missing:
            return []
        text = (
            f"{len(missing)} data disks would be created empty ({names(missing)}) while dataset {self._site} is "
            f"writable at {writable}: {self._site} was rebuilt. Bring back the state that knew them "
            f"(`pulumi stack import --stack {self._site}`), then run `uitwijk rebuilt {self._site}`"
        )
        return [Refusal("empty-disk", text, self._keepers(missing), frozenset(missing))]

    def removal(self) -> list[Refusal]:
        """Running machines that would go, and nothing says why: a slip in the catalogue looks like that."""
        placed = self._placed_here | self._hot_here
        calm = all(state is SiteState.NORMAL for state in self._situation.sites.values())
        left, shed = [], []
        for name in self._facts.own.machines - self._region.left_machines:
            machine = self._region.machines.get(name)
            if machine is None:
                left.append(name)
            elif machine.workload not in placed and calm and self._where.get(machine.workload) is None:
                shed.append(name)
        refusals = []
        if left:
            text = (
                f"{len(left)} machines of this stack are not in the catalogue any more and would be removed "
                f"({names(left)}), and catalogue/retired.yaml does not say so. Put back what the catalogue had, or, if "
                f"they are to go: `uitwijk retire {' '.join(sorted(left))}`"
            )
            refusals.append(Refusal("removal", text))
        if shed:
            text = (
                f"{len(shed)} machines of this stack would be removed for want of room, with every site normal "
                f"({names(shed)}): the catalogue asks for more than the hosts have. Put back the sizes, counts or "
                "hosts that it had (`git diff catalogue`)"
            )
            refusals.append(Refusal("removal", text))
        return refusals

    def disk_size(self) -> list[Refusal]:
        made = self._facts.own.disks
        changed = {
            disk: f"{disk} is {made[disk]} GiB, not {size}"
            for disk, size in self._home_disks().items()
            if made.get(disk, size) != size
        }
        if not changed:
            return []
        told = names(changed.values())
        text = (
            f"{len(changed)} data disks of {self._site} differ in size from the catalogue: {told}. Neither "
            "the provider nor the engine resizes an attached disk. Put the size back that the catalogue had, and give "
            "the role a further data disk (catalogue/services.yaml, disks)"
        )
        return [Refusal("disk-size", text, self._keepers(changed.keys()))]
