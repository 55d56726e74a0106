"""The region: the whole catalogue, loaded, checked, and resolved into workloads and machines."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from uitwijk.continuity.address_plan import AddressPlan
from uitwijk.continuity.catalogue import (
    Municipality,
    Partnership,
    RecoveryClass,
    Role,
    Service,
    SessionHostRule,
    Standby,
)
from uitwijk.continuity.errors import CatalogueError
from uitwijk.continuity.recipe import Recipe, Serves
from uitwijk.continuity.retirement import Retired, RetiredDisk


@dataclass(frozen=True)
class Machine:
    """One virtual machine. Nothing in it depends on the situation."""

    name: str
    """Logical name, from domain keys; a DNS label; the same in both stacks."""
    workload: str
    organisation: str
    service: str
    role: str
    number: int
    """From 1, within its role."""
    vcpus: int
    memory_gib: int
    system: str
    network: str
    """Name of the port group, the same at every site."""
    disks: Mapping[str, int]
    """Data disks in GiB by name."""

    def disk_path(self, disk: str) -> str:
        """Where a data disk lies on its dataset's datastore, at every site."""
        return f"{self.organisation}/{self.service}/{self.role}-{self.number}-{disk}.vmdk"


@dataclass(frozen=True)
class Workload:
    """A service of one organisation."""

    key: str
    """`organisation/service`."""
    organisation: str
    service: str
    recovery_class: RecoveryClass
    standby: Standby
    home: str
    """The site that runs it on a normal day; also the name of its dataset."""
    depends_on: tuple[str, ...]
    """Keys of the workloads that must run first."""
    machines: tuple[Machine, ...]
    """Those that stand at one site. In start order: a role comes after the roles that it waits for."""

    @property
    def hot(self) -> bool:
        """Whether its machines stand at every site, all serving."""
        return self.standby is Standby.HOT


@dataclass(frozen=True, eq=False, kw_only=True)
class Region(AddressPlan):
    """The whole catalogue, checked. All mappings are by slug, in the catalogue's order. Compared by identity."""

    @cached_property
    def partnership_of(self) -> Mapping[str, str]:
        """The partnership of each municipality that is a member of one."""
        return {member: slug for slug, partnership in self.partnerships.items() for member in partnership.members}

    def home(self, organisation: str) -> str:
        """The site that runs the organisation's cold workloads on a normal day."""
        if organisation in self.municipalities:
            return self.municipalities[organisation].home
        housed = self.buildings[self.partnerships[organisation].office].houses
        assert housed is not None, "checked when the region was loaded"
        return housed

    def building_of(self, organisation: str) -> str:
        """The building where the organisation's staff work on a normal day."""
        if organisation in self.municipalities:
            return self.municipalities[organisation].town_hall
        return self.partnerships[organisation].office

    def runs(self, organisation: str, service: str) -> bool:
        """Whether the organisation has machines of its own for the service."""
        who = self.organisations[organisation]
        if service in who.without or self.left.keys() & {service, f"{organisation}/{service}"}:
            return False
        shared = self.services[service].tenancy == "shared"
        if isinstance(who, Partnership):
            return shared or service in who.runs
        assert isinstance(who, Municipality)
        return not (shared and organisation in self.partnership_of) and service not in who.uses

    @cached_property
    def left(self) -> Mapping[str, Retired]:
        """What left the region, by workload, municipality, service or machine."""
        return {each.what: each for each in self.retired}

    @cached_property
    def left_machines(self) -> frozenset[str]:
        """Names of the machines that went with it."""
        return frozenset(name for each in self.retired for name in each.machines)

    @cached_property
    def left_disks(self) -> Mapping[str, RetiredDisk]:
        """The data disks that they kept, by logical name."""
        return {disk.name: disk for each in self.retired for disk in each.disks}

    def processes_of(self, municipality: str) -> tuple[str, ...]:
        """The municipality's processes: all but those that need what was retired for it."""
        return tuple(
            slug
            for slug, process in self.processes.items()
            if not any(self._retired_for(municipality, service) for service in process.services)
        )

    def _retired_for(self, municipality: str, service: str) -> bool:
        partnership = self.partnership_of.get(municipality)
        names = {service, f"{municipality}/{service}", *([f"{partnership}/{service}"] if partnership else ())}
        return bool(names & self.left.keys()) and self.provider(municipality, service) is None

    def provider(self, organisation: str, service: str) -> str | None:
        """The key of the workload that gives the organisation the service: its own, or its partnership's; or None."""
        return self._providers[organisation][service]

    @cached_property
    def _providers(self) -> Mapping[str, Mapping[str, str | None]]:
        return {who: {service: self._provider(who, service) for service in self.services} for who in self.organisations}

    def _provider(self, organisation: str, service: str) -> str | None:
        if self.runs(organisation, service):
            return f"{organisation}/{service}"
        who = self.organisations[organisation]
        partnership = self.partnership_of.get(organisation)
        if isinstance(who, Municipality) and service in who.uses:
            partnership = who.uses[service]
        if partnership and service not in who.without and self.runs(partnership, service):
            return f"{partnership}/{service}"
        return None

    def serving(self, what: Serves) -> tuple[str, ...]:
        """The services that give something that others rely on."""
        return tuple(slug for slug, service in self.services.items() if what in service.serves)

    def providers(self, organisation: str, what: Serves) -> tuple[str, ...]:
        """The keys of the workloads that give it to the organisation."""
        found = (self.provider(organisation, service) for service in self.serving(what))
        return tuple(key for key in found if key is not None)

    def exchange(self, municipality: str) -> str | None:
        """The key of the workload that serves the municipality's telephone numbers, if it has one."""
        return next(iter(self.providers(municipality, Serves.CALLS)), None)

    def trunks(self, municipality: str) -> tuple[str, ...]:
        """The keys of the workloads through which its exchange reaches the carrier, and the carrier its numbers."""
        exchange = self.exchange(municipality)
        needed = self.workloads[exchange].depends_on if exchange else ()
        return tuple(key for key in needed if Serves.TRUNKS in self.services[self.workloads[key].service].serves)

    @cached_property
    def printers(self) -> frozenset[str]:
        """The stations at which documents are printed."""
        roles = (role for service in self.services.values() for role in service.roles.values())
        return frozenset(role.station for role in roles if role.station is not None)

    def minimum_seats(self, municipality: str, process: str) -> int:
        """The seats without which a process of the municipality stops."""
        return self._minimum_seats[municipality][process]

    @cached_property
    def _minimum_seats(self) -> Mapping[str, Mapping[str, int]]:
        # As a fraction of the decimal that the catalogue states: 0.07 of 100 is 7, not the 7.000000000000001 of floats.
        return {
            slug: {
                name: max(process.seats.at_least, math.ceil(Fraction(str(process.seats.share)) * municipality.seats))
                for name, process in self.processes.items()
            }
            for slug, municipality in self.municipalities.items()
        }

    @cached_property
    def relocation(self) -> Mapping[str, tuple[str, ...]]:
        """The buildings that take each organisation's staff, first choice first."""
        return {organisation: self._relocation(organisation) for organisation in self.organisations}

    def _relocation(self, organisation: str) -> tuple[str, ...]:
        who = self.organisations[organisation]
        if who.relocation is not None:
            return who.relocation
        slug = organisation if isinstance(who, Partnership) else self.partnership_of[organisation]
        partnership = self.partnerships[slug]
        halls = (self.municipalities[member].town_hall for member in partnership.members)
        return tuple(
            building for building in (partnership.office, *halls) if building != self.building_of(organisation)
        )

    @cached_property
    def workloads(self) -> Mapping[str, Workload]:
        """Every service of every organisation, by key."""
        return {
            f"{organisation}/{service}": self._workload(organisation, service)
            for organisation in self.organisations
            for service in self.services
            if self.runs(organisation, service)
        }

    @cached_property
    def needs(self) -> Mapping[str, tuple[str, ...]]:
        """Everything that each workload needs, directly or not, nearest first."""
        needs: dict[str, tuple[str, ...]] = {}
        for key, workload in self.workloads.items():
            found = dict.fromkeys(workload.depends_on)
            waiting = list(found)
            while waiting:
                further = [n for n in self.workloads[waiting.pop(0)].depends_on if n not in found]
                found.update(dict.fromkeys(further))
                waiting += further
            needs[key] = tuple(found)
        return needs

    @cached_property
    def by_urgency(self) -> tuple[str, ...]:
        """The keys of all workloads, most urgent class first; within a class what is needed, then what is small."""

        def rank(workload: Workload) -> tuple[RecoveryClass, int, str]:
            return workload.recovery_class, sum(machine.memory_gib for machine in workload.machines), workload.key

        waiting = sorted(self.workloads.values(), key=rank)
        ordered: dict[str, None] = {}
        while waiting:
            following = next(workload for workload in waiting if ordered.keys() >= set(workload.depends_on))
            ordered[following.key] = None
            waiting.remove(following)
        return tuple(ordered)

    @cached_property
    def machines(self) -> Mapping[str, Machine]:
        """Every machine of every workload, by name; a hot one stands here once, though it exists at every site."""
        return {machine.name: machine for workload in self.workloads.values() for machine in workload.machines}

    def nearest_sites(self, site: str) -> tuple[str, ...]:
        """The sites in the order in which somebody at `site` tries them: its own first."""
        return (site, *(other for other in self.sites if other != site))

    def ends(self, workload: str) -> tuple[Machine, ...]:
        """The machines of a workload that people and other services use: no other of its machines waits for them."""
        last = self.services[self.workloads[workload].service].last_roles
        return tuple(machine for machine in self.workloads[workload].machines if machine.role in last)

    def stores(self, workload: str) -> tuple[Machine, ...]:
        """The machines of a workload that keep data."""
        return tuple(machine for machine in self.workloads[workload].machines if machine.disks)

    def role(self, machine: Machine) -> Role:
        """What the catalogue says of the machine's job."""
        return self.services[machine.service].roles[machine.role]

    def recipe(self, machine: Machine) -> Recipe:
        """The contract of the machine's job."""
        return self.recipes[self.role(machine).recipe]

    def serves(self, machine: Machine, what: Serves) -> bool:
        """Whether others rely on the machine itself for it."""
        return what in self.recipe(machine).serves

    def _workload(self, organisation: str, service: str) -> Workload:
        definition = self.services[service]
        providers = (self.provider(organisation, needed) for needed in sorted(definition.depends_on))
        key = f"{organisation}/{service}"
        return Workload(
            key=key,
            organisation=organisation,
            service=service,
            recovery_class=definition.recovery_class,
            standby=definition.standby,
            home=self.home(organisation),
            depends_on=tuple(provider for provider in providers if provider and provider != key),
            machines=tuple(
                self._machine(organisation, service, role, number)
                for role in start_order(definition)
                for number in range(1, self._count(organisation, definition.roles[role]) + 1)
            ),
        )

    def _machine(self, organisation: str, service: str, role: str, number: int) -> Machine:
        definition = self.services[service].roles[role]
        size = self.settings.sizes[self._size(organisation, service, role)]
        return Machine(
            name=f"{organisation}-{service}-{role}-{number}",
            workload=f"{organisation}/{service}",
            organisation=organisation,
            service=service,
            role=role,
            number=number,
            vcpus=size.vcpus,
            memory_gib=size.memory_gib,
            system=definition.system,
            network=f"{organisation}-{definition.network}",
            disks=dict(definition.disks),
        )

    def _size(self, organisation: str, service: str, role: str) -> str:
        override = self.organisations[organisation].sizes.get(f"{service}/{role}")
        return override or self.services[service].roles[role].size

    def _count(self, organisation: str, role: Role) -> int:
        if not isinstance(role.count, SessionHostRule):
            return role.count
        users_per_host = role.count.users_per_vcpu * self.settings.sizes[role.size].vcpus
        return math.ceil(self.organisations[organisation].seats / users_per_host) + role.count.spare


ELSEWHERE = "elsewhere"
"""Where something is kept that stands at none of the sites."""


def dataset_datastore(home: str) -> str:
    """Name of the replicated datastore that holds the data disks of a home site, the same at every site."""
    return f"data-{home}"


def start_order(service: Service) -> tuple[str, ...]:
    """The service's roles, each behind the roles that it waits for, otherwise in the catalogue's order."""
    ordered: list[str] = []
    while len(ordered) < len(service.roles):
        ready = [name for name, role in service.roles.items() if name not in ordered and role.after <= set(ordered)]
        if not ready:
            raise CatalogueError(f"roles wait for each other: {', '.join(sorted(set(service.roles) - set(ordered)))}")
        ordered.append(ready[0])
    return tuple(ordered)
