"""Stacks as they were brought up under a situation, and what the guard says of them."""

from __future__ import annotations

from collections.abc import Iterable

from uitwijk.continuity import place
from uitwijk.continuity.facts import Facts, StackFacts
from uitwijk.continuity.guard import Refusal, judge
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import Situation

LOST = {"lost": ["veldoord"], "promoted": {"veldoord": "zandermeer"}}
PEER_DRAINED = {"drained": ["veldoord"], "promoted": {"veldoord": "zandermeer"}}


def stack(region: Region, site: str, declared: Situation | None, *, readable: bool = True) -> StackFacts:
    """A stack that was brought up under a situation; None: initialised, and never brought up."""
    held = place(region, declared).runs_at(site) if declared else ()
    return StackFacts(
        site=site,
        readable=readable,
        why="" if readable else "its backend does not answer within 10 s",
        epoch=declared.epoch if declared and readable else None,
        digest=declared.digest if declared and readable else None,
        machines=machines(region, held) if readable else frozenset(),
        disks=disks(region, site) if declared and readable else {},
    )


def machines(region: Region, keys: Iterable[str]) -> frozenset[str]:
    return frozenset(machine.name for key in keys for machine in region.workloads[key].machines)


def disks(region: Region, site: str) -> dict[str, int]:
    own = (workload for workload in region.workloads.values() if workload.home == site)
    machines = (machine for workload in own for machine in workload.machines)
    return {f"{machine.name}-{disk}": size for machine in machines for disk, size in machine.disks.items()}


def refusals(
    region: Region, declared: Situation, own: StackFacts, *peers: StackFacts, vcenter: str | None = None
) -> tuple[Refusal, ...]:
    facts = Facts(own.site, own, {peer.site: peer for peer in peers}, vcenter)
    return judge(region, declared, place(region, declared), facts)


def rows(
    region: Region, declared: Situation, own: StackFacts, *peers: StackFacts, vcenter: str | None = None
) -> list[str]:
    return [refusal.row for refusal in refusals(region, declared, own, *peers, vcenter=vcenter)]
