"""What must hold of every placement, in every situation of every region."""

from __future__ import annotations

from collections import Counter

from continuity.capacity import SiteCapacity, kept_apart
from continuity.catalogue import RecoveryClass
from continuity.placement import Placement
from continuity.region import Region
from continuity.situation import SiteState, Situation


def check(region: Region, situation: Situation, placement: Placement) -> None:
    """Asserts every invariant that needs no second situation to compare with."""
    _sites(region, situation, placement)
    _shedding(region, placement)
    _seats(region, situation, placement)
    _numbers(region, situation, placement)
    _processes(region, situation, placement)


def _sites(region: Region, situation: Situation, placement: Placement) -> None:
    normal = [site for site, state in situation.sites.items() if state is SiteState.NORMAL]
    living = {site for site, state in situation.sites.items() if state is not SiteState.LOST}
    cold = {key for key, workload in region.workloads.items() if not workload.hot}
    assert placement.workloads.keys() == cold
    assert placement.hot.keys() == placement.capacity.keys() == living
    for key, where in placement.workloads.items():
        home = region.workloads[key].home
        if where is None:
            assert not normal or key in placement.shed
        else:
            assert where == (home if home in normal else where)
            assert where in normal
    for site in living:
        assert all(region.workloads[key].hot for key in placement.hot[site])
        assert set(placement.hot[site]) | set(placement.shed) >= region.workloads.keys() - cold
    for site in region.sites:
        held = placement.runs_at(site)
        assert site in living or not held
        assert site in normal or all(region.workloads[key].hot for key in held)


def _shedding(region: Region, placement: Placement) -> None:
    for site, capacity in placement.capacity.items():
        running = placement.runs_at(site)
        check_capacity(region, site, capacity)
        urgent_shed = min((region.workloads[key].recovery_class for key in capacity.shed), default=RecoveryClass.R3)
        assert all(region.workloads[key].recovery_class <= urgent_shed for key in running)
        here = {machine.name for key in running for machine in region.workloads[key].machines}
        assert capacity.hosts.keys() == here
    assert set(placement.shed) == {key for capacity in placement.capacity.values() for key in capacity.shed}


_CHECKED: dict[int, SiteCapacity] = {}
"""By identity. Kept, so that no identity is used again."""


def check_capacity(region: Region, site: str, capacity: SiteCapacity) -> None:
    """Asserts that the plan of one site fits. Many situations share a plan; it is added up once."""
    if id(capacity) in _CHECKED:
        return
    _CHECKED[id(capacity)] = capacity
    hosts = {host.name: host for host in region.sites[site].hosts}
    largest = max(reversed(hosts.values()), key=lambda host: (host.memory_gib, host.cores))
    used = set(capacity.hosts.values())
    memory: Counter[str] = Counter()
    vcpus: Counter[str] = Counter()
    for name, host in capacity.hosts.items():
        memory[host] += region.machines[name].memory_gib
        vcpus[host] += region.machines[name].vcpus
    assert all(memory[host] <= hosts[host].memory_gib for host in used)
    assert all(vcpus[host] <= hosts[host].cores * region.settings.vcpus_per_core for host in used)
    assert capacity.memory_gib[0] == sum(memory.values()) <= capacity.memory_gib[1]
    assert capacity.vcpus[0] == sum(vcpus.values()) <= capacity.vcpus[1]
    assert not capacity.spare_host or (largest.name not in used and not capacity.shed)
    for workload in region.workloads.values():
        for role in kept_apart(workload):
            pair = [capacity.hosts[m.name] for m in workload.machines if m.role == role and m.name in capacity.hosts]
            assert len(pair) == len(set(pair))


def _seats(region: Region, situation: Situation, placement: Placement) -> None:
    taken: Counter[str] = Counter()
    assert placement.seats.keys() == region.organisations.keys()
    for organisation, seating in placement.seats.items():
        taken.update(seating.at)
        own = region.building_of(organisation)
        assert seating.needed == region.organisations[organisation].seats == seating.seated + seating.short
        assert seating.short >= 0
        assert all(seats > 0 for seats in seating.at.values())
        if own not in situation.closed_buildings:
            assert dict(seating.at) == ({own: seating.needed} if seating.needed else {})
        elif seating.short:
            free = [target for target in region.relocation[organisation] if target not in situation.closed_buildings]
            assert all(_is_full(region, placement, target) for target in free)
    for building, seats in taken.items():
        assert building not in situation.closed_buildings
        assert seats <= region.buildings[building].seats


def _is_full(region: Region, placement: Placement, building: str) -> bool:
    seated = sum(seating.at.get(building, 0) for seating in placement.seats.values())
    return seated == region.buildings[building].seats


def _numbers(region: Region, situation: Situation, placement: Placement) -> None:
    open_buildings = [building for building in region.buildings if building not in situation.closed_buildings]
    blocks = {
        f"{slug}/{block.key}": slug
        for slug, municipality in region.municipalities.items()
        for block in municipality.number_blocks
    }
    assert placement.numbers.keys() == blocks.keys()
    for key, municipality in blocks.items():
        number = placement.numbers[key]
        exchange = region.exchange(municipality)
        assert exchange is not None
        serving = {site for site, hot in placement.hot.items() if {exchange, *region.needs[exchange]} <= set(hot)}
        assert set(number.served_by) == serving
        where = list(placement.seats[municipality].at) or open_buildings[:1]
        expected = {building: region.buildings[building].emergency_location for building in where}
        assert dict(number.rings_at) == (expected if serving else {})


def _processes(region: Region, situation: Situation, placement: Placement) -> None:
    urgent = {slug for slug, p in region.processes.items() if p.recovery_class <= RecoveryClass.R1}
    running = {key for site in placement.hot for key in placement.runs_at(site)}
    assert placement.processes.keys() == region.municipalities.keys()
    for municipality, processes in placement.processes.items():
        continues, stopped = set(processes.continues), set(processes.stopped)
        assert continues | stopped == region.processes.keys()
        assert not continues & stopped
        assert processes.majority == (2 * len(continues) > len(region.processes) and urgent <= continues)
        seats = sum(region.minimum_seats(municipality, slug) for slug in continues)
        assert seats <= placement.seats[municipality].seated
        for slug in continues:
            process = region.processes[slug]
            providers = [region.provider(municipality, service) for service in process.services]
            assert running.issuperset(providers)
            assert not process.own_building or region.building_of(municipality) not in situation.closed_buildings
