"""The plan of a calamity as the model foresees it: all that differs from a normal day, and nothing else.

A plan is plain data, in words that a person reviews. What a calamity does not touch is left out, so that a change of it
changes no plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from uitwijk.continuity.calamity import NOTHING, Calamity
from uitwijk.continuity.capacity import SiteCapacity
from uitwijk.continuity.declaration import next_commands
from uitwijk.continuity.placement import NumberPlacement, Placement, place
from uitwijk.continuity.region import Machine, Region
from uitwijk.continuity.seats import Seating
from uitwijk.continuity.standing import Standing

_Value = TypeVar("_Value")

MACHINES = "machines"
"""What a plan calls virtual machines among the resources of a stack."""


def foreseen(region: Region, calamity: Calamity) -> dict[str, Any]:
    """What the model says that a calamity does on a day that is normal otherwise, the data promoted.

    Returns:
        calamity, commands and manual steps, then by subject what differs: workloads, seats, numbers, processes,
        capacity, shed; under `stacks`, by site and operation, the machines that are created and deleted there.
    """
    before, after = place(region, NOTHING.situation(region)), place(region, calamity.situation(region))
    declared = calamity.declared(region)
    steps = dict.fromkeys(f"{step.owner}: {step.step}" for step in place(region, declared).manual_steps)
    plan = {
        "calamity": ", ".join(" ".join(change) for change in calamity.changes),
        "commands": [
            f"uitwijk declare {' '.join(word for change in calamity.changes for word in change)} --by … --reason …",
            *(command.line for command in next_commands(region, NOTHING.declared(region), declared)),
        ],
        "manual_steps": list(steps),
        "workloads": list(_moves(region, before, after)),
        "seats": _differing(before.seats, after.seats, _seating),
        "numbers": _differing(_numbers(before), _numbers(after), str),
        "processes": {
            slug: {"continue": f"{len(now.continues)} of {len(region.processes_of(slug))}", **now.stopped}
            for slug, now in after.processes.items()
            if now != before.processes[slug]
        },
        "capacity": _differing(before.capacity, after.capacity, _capacity),
        "shed": [key for key in after.shed if key not in before.shed],
        "stacks": {site: _machines(region, before, after, site) for site in declared.living},
    }
    return {subject: differs for subject, differs in plan.items() if differs}


def machine_in_words(vcpus: int, memory_gib: int, address: str, disks: Sequence[str]) -> str:
    """A machine as a plan tells it.

    Args:
        vcpus: virtual CPUs.
        memory_gib: memory in GiB.
        address: IPv4, without prefix length.
        disks: paths of the data disks that are attached.
    """
    data = f", data on {', '.join(sorted(disks))}" if disks else ""
    return f"{vcpus} vCPUs, {memory_gib} GiB, {address}{data}"


def _moves(region: Region, before: Placement, after: Placement) -> Iterator[str]:
    for organisation in region.organisations:
        moves: dict[tuple[str | None, str | None], list[str]] = {}
        for key, where in after.workloads.items():
            if region.workloads[key].organisation == organisation and before.workloads[key] != where:
                moves.setdefault((before.workloads[key], where), []).append(key)
        for (source, target), keys in moves.items():
            machines = sum(len(region.workloads[key].machines) for key in keys)
            yield (
                f"{organisation}: {len(keys)} workloads, {machines} machines, "
                f"from {source or 'nowhere'} to {target or 'nowhere'}"
            )


def _differing(
    before: Mapping[str, _Value], after: Mapping[str, _Value], words: Callable[[_Value], str]
) -> dict[str, str]:
    return {key: words(now) for key, now in after.items() if words(now) != words(before[key])}


def _seating(seating: Seating) -> str:
    at = ", ".join(f"{building} {seats}" for building, seats in seating.at.items()) or "nowhere"
    return f"{seating.needed} needed: {at}" + (f"; {seating.short} short" if seating.short else "")


def _capacity(capacity: SiteCapacity) -> str:
    vcpus, memory = ("{} of {}".format(*pair) for pair in (capacity.vcpus, capacity.memory_gib))
    return f"{vcpus} vCPUs, {memory} GiB, {'a host' if capacity.spare_host else 'no host'} to spare"


def _numbers(placement: Placement) -> dict[str, str]:
    """By municipality: all of its number blocks are served and ring alike."""
    return {key.split("/")[0]: _number(number) for key, number in placement.numbers.items()}


def _number(number: NumberPlacement) -> str:
    served, rings = (", ".join(names) or "nowhere" for names in (number.served_by, number.rings_at))
    return f"served by {served}; ring at {rings}"


def _machines(region: Region, before: Placement, after: Placement, site: str) -> dict[str, Any]:
    was, now = ({m.name: m for m in _running(region, placement, site)} for placement in (before, after))
    created = {
        name: machine_in_words(
            machine.vcpus,
            machine.memory_gib,
            str(Standing(region, site, machine).address.ip),
            [machine.disk_path(disk) for disk in machine.disks],
        )
        for name, machine in sorted(now.items())
        if name not in was
    }
    deleted = sorted(name for name in was if name not in now)
    return {
        **({"create": {MACHINES: created}} if created else {}),
        **({"delete": {MACHINES: deleted}} if deleted else {}),
    }


def _running(region: Region, placement: Placement, site: str) -> Iterator[Machine]:
    for key in placement.runs_at(site):
        yield from region.workloads[key].machines
