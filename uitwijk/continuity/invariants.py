"""What must hold of every placement, in every situation of every region; what does not is said in a sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from uitwijk.continuity.capacity import SiteCapacity, kept_apart
from uitwijk.continuity.catalogue import Process, RecoveryClass
from uitwijk.continuity.placement import Placement
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import SiteState, Situation
from uitwijk.wording import names


class Invariants:
    """What must hold in one region. The plans of its sites are remembered: thousands of situations share a few."""

    def __init__(self, region: Region) -> None:
        self._region = region
        self._hot = {key for key, workload in region.workloads.items() if workload.hot}
        self._numbers = {
            f"{slug}/{block.key}": slug
            for slug, municipality in region.municipalities.items()
            for block in municipality.number_blocks
        }
        self._needed = {
            (municipality, slug): self._workloads_of(municipality, process)
            for municipality in region.municipalities
            for slug, process in region.processes.items()
        }
        self._plans: dict[int, tuple[SiteCapacity, tuple[str, ...]]] = {}
        """By identity. A plan is kept beside what is wrong with it, so that no identity is used again."""

    def violated_by_the_region(self) -> Iterator[str]:
        """What does not hold whatever the situation: nobody's staff use another municipality's service."""
        region = self._region
        for municipality in region.municipalities:
            for service in region.services:
                provider = (region.provider(municipality, service) or municipality).split("/")[0]
                if provider in region.municipalities and provider != municipality:
                    yield f"staff of {municipality} use {service} of {provider}"

    def violated(self, situation: Situation, placement: Placement) -> list[str]:
        """What does not hold of the placement of `situation`; empty when all is well."""
        found = [*self._completeness(situation, placement)]
        if not found:
            found += self._workloads(situation, placement)
            found += self._capacity(placement)
            found += self._seats(situation, placement)
            found += self._ringing(situation, placement)
            found += self._processes(placement)
        return found

    def _completeness(self, situation: Situation, placement: Placement) -> Iterator[str]:
        region = self._region
        yield from _differ("workloads placed", placement.workloads, region.workloads.keys() - self._hot)
        yield from _differ("sites with hot machines", placement.hot, situation.living)
        yield from _differ("sites with a capacity", placement.capacity, situation.living)
        yield from _differ("organisations with seats", placement.seats, region.organisations)
        yield from _differ("number blocks", placement.numbers, self._numbers)
        yield from _differ("municipalities with processes", placement.processes, region.municipalities)
        for municipality, processes in placement.processes.items():
            judged = [*processes.continues, *processes.stopped]
            yield from _differ(f"processes of {municipality}", judged, region.processes_of(municipality))
            yield from (f"{municipality}: {slug} both continues and is stopped" for slug in _twice(judged))

    def _workloads(self, situation: Situation, placement: Placement) -> Iterator[str]:
        normal = [site for site, state in situation.sites.items() if state is SiteState.NORMAL]
        for key, where in placement.workloads.items():
            home = self._region.workloads[key].home
            if where is None:
                if normal and key not in placement.shed:
                    yield f"{key} runs nowhere, although {normal[0]} is normal and it was not shed"
            elif where not in normal:
                yield f"{key} runs at {where}, which is {situation.sites[where]}"
            elif home in normal and where != home:
                yield f"{key} runs at {where}, although its home {home} is normal"
        for site, hot in placement.hot.items():
            if cold := set(hot) - self._hot:
                yield f"{names(cold)} counts as hot at {site}, and is cold"
            if absent := self._hot.difference(hot, placement.capacity[site].shed):
                yield f"{names(absent)} is hot, and neither runs at {site} nor was shed there"

    def _capacity(self, placement: Placement) -> Iterator[str]:
        region = self._region
        for site, capacity in placement.capacity.items():
            running = placement.runs_at(site)
            machines = [machine.name for key in running for machine in region.workloads[key].machines]
            yield from _differ(f"machines with a host at {site}", capacity.hosts, machines)
            if id(capacity) not in self._plans:
                self._plans[id(capacity)] = capacity, tuple(_plan(region, site, capacity))
            yield from self._plans[id(capacity)][1]
            if capacity.shed:
                urgent = min(capacity.shed, key=lambda key: region.workloads[key].recovery_class)
                shed_class = region.workloads[urgent].recovery_class
                if late := [key for key in running if region.workloads[key].recovery_class > shed_class]:
                    yield f"{site} sheds {urgent} ({shed_class}), and runs {names(late)}, which is less urgent"
        shed = {key for capacity in placement.capacity.values() for key in capacity.shed}
        yield from _differ("workloads shed", placement.shed, shed)

    def _seats(self, situation: Situation, placement: Placement) -> Iterator[str]:
        region, closed = self._region, situation.closed_buildings
        taken: Counter[str] = Counter()
        for seating in placement.seats.values():
            taken.update(seating.at)
        for organisation, seating in placement.seats.items():
            own, staff = region.building_of(organisation), region.organisations[organisation].seats
            if seating.needed != staff or not 0 <= seating.seated <= staff or min(seating.at.values(), default=1) < 1:
                yield f"{organisation} has {staff} staff; {seating.needed} counted, seats given: {dict(seating.at)}"
            if own not in closed:
                if dict(seating.at) != ({own: staff} if staff else {}):
                    yield f"staff of {organisation} sit in {names(seating.at)}, although {own} is open"
            elif seating.short:
                free = [b for b in region.relocation[organisation] if b not in closed]
                free = [building for building in free if taken[building] < region.buildings[building].seats]
                if free:
                    yield f"{seating.short} staff of {organisation} have no seat, although {names(free)} has some free"
        for building, seats in taken.items():
            if building in closed:
                yield f"{seats} people sit in {building}, which is closed"
            if seats > region.buildings[building].seats:
                yield f"{seats} people sit in {building}, which has {region.buildings[building].seats} seats"

    def _ringing(self, situation: Situation, placement: Placement) -> Iterator[str]:
        region = self._region
        reception = [b for b in region.buildings if b not in situation.closed_buildings][:1]
        for key, municipality in self._numbers.items():
            number, exchange = placement.numbers[key], region.exchange(municipality)
            needed = {exchange, *region.needs[exchange]} if exchange else {None}
            serving = {site for site, hot in placement.hot.items() if needed.issubset(hot)}
            if set(number.served_by) != serving:
                yield f"{key} is served by {_listed(number.served_by)}, not by {_listed(serving)}"
            where = (list(placement.seats[municipality].at) or reception) if serving else []
            if set(number.rings_at) != set(where):
                yield f"{key} rings at {_listed(number.rings_at)}, not at {_listed(where)}"
            for building, location in number.rings_at.items():
                if location != region.buildings[building].emergency_location:
                    yield f"{key} rings at {building} with another emergency location: {location}"

    def _processes(self, placement: Placement) -> Iterator[str]:
        region = self._region
        running = {key for site in placement.hot for key in placement.runs_at(site)}
        ringing = {whose for key, whose in self._numbers.items() if placement.numbers[key].rings}
        for municipality, processes in placement.processes.items():
            seating, home = placement.seats[municipality], region.building_of(municipality)
            stations = {station for building in seating.at for station in region.buildings[building].stations}
            free = seating.seated - sum(region.minimum_seats(municipality, slug) for slug in processes.continues)
            if free < 0:
                yield f"{municipality} lacks {-free} seats for the processes that are said to continue"
            own = {slug: region.processes[slug] for slug in region.processes_of(municipality)}
            urgent = {slug for slug, process in own.items() if process.recovery_class <= RecoveryClass.R1}
            for slug, process in own.items():
                needed = self._needed[municipality, slug]
                possible = (
                    needed is not None
                    and needed <= running
                    and (municipality in ringing or not process.telephone)
                    and (home in seating.at or not process.own_building)
                    and process.stations <= stations
                )
                if not possible and slug in processes.continues:
                    yield f"{municipality}: {slug} is said to continue, and lacks what it needs"
                if possible and slug in processes.stopped and region.minimum_seats(municipality, slug) <= free:
                    yield f"{municipality}: {slug} is stopped ({processes.stopped[slug]}), and lacks nothing"
            count = len(processes.continues)
            if processes.majority != (2 * count > len(own) and urgent.issubset(processes.continues)):
                of = f"{count} of {len(own)} processes"
                called = "a" if processes.majority else "no"
                yield f"{municipality}: {of} continue, and that is called {called} majority"

    def _workloads_of(self, municipality: str, process: Process) -> frozenset[str] | None:
        """Every workload that the process of the municipality needs; None: one of its services is nobody's."""
        region = self._region
        providers = [region.provider(municipality, service) for service in process.services]
        if None in providers:
            return None
        return frozenset(key for provider in providers if provider for key in (provider, *region.needs[provider]))


def _plan(region: Region, site: str, capacity: SiteCapacity) -> Iterator[str]:
    """What is wrong with the plan of one site: host by host, added up anew."""
    free = {
        host.name: [int(host.cores * region.settings.vcpus_per_core), host.memory_gib]
        for host in region.sites[site].hosts
    }
    if unknown := set(capacity.hosts.values()).difference(free):
        yield f"{site} has no host {names(unknown)}"
        return
    for name, host in capacity.hosts.items():
        free[host][0] -= region.machines[name].vcpus
        free[host][1] -= region.machines[name].memory_gib
    for host, (vcpus, memory) in free.items():
        if vcpus < 0 or memory < 0:
            yield f"{host} lacks {max(0, -vcpus)} vCPUs and {max(0, -memory)} GiB for what is planned there"
    used = (
        sum(region.machines[name].vcpus for name in capacity.hosts),
        sum(region.machines[name].memory_gib for name in capacity.hosts),
    )
    if used != (capacity.vcpus[0], capacity.memory_gib[0]):
        yield f"{site} is said to use {capacity.vcpus[0]} vCPUs and {capacity.memory_gib[0]} GiB, not {used}"
    if used[0] > capacity.vcpus[1] or used[1] > capacity.memory_gib[1]:
        yield f"{site} uses {used[0]} vCPUs and {used[1]} GiB, and has fewer"
    if capacity.spare_host:
        largest = max(region.sites[site].hosts[::-1], key=lambda host: (host.memory_gib, host.cores)).name
        if capacity.shed or largest in capacity.hosts.values():
            yield f"{site} is said to have a host to spare, and uses {largest} or sheds"
    for workload in region.workloads.values():
        for role in kept_apart(workload):
            pair = [capacity.hosts[m.name] for m in workload.machines if m.role == role and m.name in capacity.hosts]
            if len(pair) != len(set(pair)):
                yield f"both machines of {workload.key} {role} stand on {pair[0]}"
    first = next((key for key in region.by_urgency if key in capacity.shed), None)
    if first and _fits(region, first, free):
        yield f"{site} sheds {first}, which would fit"


def _fits(region: Region, key: str, free: dict[str, list[int]]) -> bool:
    """Whether a workload fits on what is free (vCPUs and GiB by host), each machine on the first host with room."""
    workload = region.workloads[key]
    left = {host: list(room) for host, room in free.items()}
    put: set[tuple[str, str]] = set()
    for machine in workload.machines:
        for host, room in left.items():
            alone = (machine.role, host) not in put or machine.role not in kept_apart(workload)
            if alone and machine.vcpus <= room[0] and machine.memory_gib <= room[1]:
                room[0] -= machine.vcpus
                room[1] -= machine.memory_gib
                put.add((machine.role, host))
                break
        else:
            return False
    return True


def _differ(what: str, found: Collection[str], wanted: Collection[str]) -> Iterator[str]:
    if missing := set(wanted).difference(found):
        yield f"{what}: {names(missing)} is missing"
    if surplus := set(found).difference(wanted):
        yield f"{what}: {names(surplus)} does not belong there"


def _listed(items: Collection[str]) -> str:
    return names(items) if items else "nobody"


def _twice(items: Collection[str]) -> list[str]:
    return [item for item, times in Counter(items).items() if times > 1]
