"""Malfunctions: what a site carries when one of its hosts fails, and which host would do where that is not enough."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from uitwijk.continuity.capacity import SiteCapacity, fit_on
from uitwijk.continuity.catalogue import Host
from uitwijk.continuity.placement import Placement
from uitwijk.continuity.region import Region

_MOST_HOSTS = 8
"""More are not tried: then another kind of host is needed."""


@dataclass(frozen=True)
class MoreHosts:
    """Hosts that would make everything fit."""

    number: int
    like: Host
    """One of the kind, that the site has already."""


def asked_of(placement: Placement, site: str) -> frozenset[str]:
    """Everything that `site` is to carry: what runs there, and what it sheds."""
    return placement.runs_at(site).union(placement.capacity[site].shed)


def without_one(region: Region, site: str) -> list[tuple[Host, ...]]:
    """The hosts that are left when any one of the site's fails, in the catalogue's order of the one that does."""
    hosts = region.sites[site].hosts
    return [tuple(host for host in hosts if host is not failed) for failed in hosts]


def host_failures(region: Region, site: str, keys: Collection[str]) -> dict[str, SiteCapacity]:
    """How the site carries the workloads `keys` without one host, by the name of that host."""
    names = [host.name for host in region.sites[site].hosts]
    return {name: fit_on(region, left, keys) for name, left in zip(names, without_one(region, site), strict=True)}


def missing(region: Region, hosts: Sequence[Host], keys: Collection[str]) -> tuple[int, int]:
    """Virtual CPUs and GiB that the workloads `keys` need and `hosts` do not have, all added up.

    Both may be 0 where something finds no room all the same: then no single host has enough of it left.
    """
    machines = [machine for key in keys for machine in region.workloads[key].machines]
    vcpus = sum(int(host.cores * region.settings.vcpus_per_core) for host in hosts)
    memory = sum(host.memory_gib for host in hosts)
    return (
        max(0, sum(machine.vcpus for machine in machines) - vcpus),
        max(0, sum(machine.memory_gib for machine in machines) - memory),
    )


def more_hosts(
    region: Region,
    cases: Sequence[Sequence[Host]],
    keys: Collection[str],
    kinds: Sequence[Host],
    *,
    spare: bool = False,
) -> MoreHosts | None:
    """The fewest hosts, and of those the smallest, with which everything fits in every case; None: no number does.

    Args:
        region: the region.
        cases: the hosts that there are, in each case that must be borne.
        keys: of the workloads to carry.
        kinds: hosts of the kinds to choose from.
        spare: whether one host is to stay empty, too.
    """
    smallest_first = sorted({_size(kind): kind for kind in kinds}.values(), key=_size)
    for number in range(1, _MOST_HOSTS + 1):
        for kind in smallest_first:
            added = [kind.model_copy(update={"name": f"one-more-{index}"}) for index in range(number)]
            packed = (fit_on(region, (*hosts, *added), keys) for hosts in cases)
            if all(not capacity.shed and (capacity.spare_host or not spare) for capacity in packed):
                return MoreHosts(number, kind)
    return None


def _size(host: Host) -> tuple[int, int]:
    return host.memory_gib, host.cores
