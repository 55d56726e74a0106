"""Packs machines on a site's hosts: first with one host spare, then without, then shedding the least urgent."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from uitwijk.continuity.catalogue import Host
from uitwijk.continuity.region import Machine, Region, Workload


@dataclass(frozen=True)
class SiteCapacity:
    """How a site carries what was asked of it."""

    hosts: Mapping[str, str]
    """Host by machine name. A plan to prove that it fits: the cluster places machines itself."""
    shed: tuple[str, ...]
    """Keys of the workloads that find no room."""
    vcpus: tuple[int, int]
    """Used and available virtual CPUs."""
    memory_gib: tuple[int, int]
    """Used and available memory."""
    spare_host: bool
    """Whether everything fits with the largest host left empty; then `available` leaves it out, too."""


class _Room:
    """What is left on one host."""

    def __init__(self, host: Host, vcpus_per_core: float) -> None:
        self.name = host.name
        self.vcpus = int(host.cores * vcpus_per_core)
        self.memory_gib = host.memory_gib
        self.roles: set[tuple[str, str]] = set()

    def fits(self, machine: Machine, apart: bool) -> bool:
        return (
            machine.vcpus <= self.vcpus
            and machine.memory_gib <= self.memory_gib
            and not (apart and (machine.workload, machine.role) in self.roles)
        )

    def put(self, machine: Machine) -> None:
        self.vcpus -= machine.vcpus
        self.memory_gib -= machine.memory_gib
        self.roles.add((machine.workload, machine.role))


def kept_apart(workload: Workload) -> frozenset[str]:
    """Roles whose machines must stand on different hosts: the pairs."""
    roles = [machine.role for machine in workload.machines]
    return frozenset(role for role in roles if roles.count(role) == 2)


@lru_cache(maxsize=4096)
def fit(region: Region, site: str, keys: frozenset[str]) -> SiteCapacity:
    """How `site` carries the workloads `keys`; remembered, for thousands of situations share a few such sets."""
    return fit_on(region, region.sites[site].hosts, keys)


def fit_on(region: Region, hosts: Sequence[Host], keys: Collection[str]) -> SiteCapacity:
    """How `hosts` carry the workloads `keys`.

    Hosts fill in the catalogue's order (first fit). Pairs are tried first, which need two hosts with room; only when
    that does not carry everything, workloads go by urgency, and from the first that finds no room everything is shed.
    Were smaller ones let past it, one more host could take it in and shed more of them.
    """
    urgent_first = [region.workloads[key] for key in region.by_urgency if key in keys]
    pairs_first = sorted(urgent_first, key=lambda workload: not kept_apart(workload))
    spare = max(reversed(hosts), key=lambda host: (host.memory_gib, host.cores), default=None)
    reduced = tuple(host for host in hosts if host is not spare)
    for usable, order in product((reduced, hosts), (pairs_first, urgent_first)):
        packed, shed = _pack(region, usable, order)
        if not shed:
            break
    machines = [region.machines[name] for name in packed]
    return SiteCapacity(
        hosts=packed,
        shed=tuple(shed),
        vcpus=(
            sum(machine.vcpus for machine in machines),
            sum(int(host.cores * region.settings.vcpus_per_core) for host in usable),
        ),
        memory_gib=(sum(machine.memory_gib for machine in machines), sum(host.memory_gib for host in usable)),
        spare_host=not shed and usable is reduced,
    )


def _pack(region: Region, hosts: Sequence[Host], order: Sequence[Workload]) -> tuple[dict[str, str], list[str]]:
    rooms = [_Room(host, region.settings.vcpus_per_core) for host in hosts]
    packed: dict[str, str] = {}
    for index, workload in enumerate(order):
        placed = _place(rooms, workload)
        if placed is None:
            return packed, [shed.key for shed in order[index:]]
        packed.update(placed)
    return packed, []


def _place(rooms: Sequence[_Room], workload: Workload) -> dict[str, str] | None:
    apart = kept_apart(workload)
    placed: dict[str, str] = {}
    for machine in workload.machines:
        room = next((room for room in rooms if room.fits(machine, machine.role in apart)), None)
        if room is None:
            return None
        room.put(machine)
        placed[machine.name] = room.name
    return placed
