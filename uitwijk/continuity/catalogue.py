"""The vocabulary of the catalogue: what may stand in its files, one class a kind of thing.

Every class is frozen and refuses unknown keys. What can only be judged across files is in `consistency`.
"""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from uitwijk.continuity.fields import Amount, AreaCode, CbsCode, Count, DiskName, Entity, Port, SizeClass, Slug
from uitwijk.continuity.numbers import NumberBlock
from uitwijk.continuity.reading import NEITHER
from uitwijk.continuity.recipe import Kind, Serves


class RecoveryClass(StrEnum):
    """How urgent a service is: the hours within which it must run again. R0 is the most urgent."""

    R0 = "R0"
    R1 = "R1"
    R2 = "R2"
    R3 = "R3"

    @property
    def hours(self) -> int:
        """The recovery time objective of the class, in hours."""
        return {"R0": 1, "R1": 4, "R2": 24, "R3": 72}[self.value]

    @property
    def urgent(self) -> bool:
        """Whether no majority of the work goes on without it: R0 and R1."""
        return self in (RecoveryClass.R0, RecoveryClass.R1)


class Standby(StrEnum):
    """How a service stands at the site that is not its home."""

    HOT = "hot"
    """Machines run at every site, all of them serving."""
    COLD = "cold"
    """Machines exist at one site only; their data is replicated."""


class MachineSize(Entity):
    """A size class of machines."""

    vcpus: Count
    memory_gib: Count


class OperatingSystem(Entity):
    """What a golden template of each site holds."""

    guest_id: str
    """vSphere's identifier of the guest operating system."""
    disk_gib: Count
    content_id: str
    """Identity of the template's content; equal at all sites, or the mirror is broken."""


class NetworkKind(Entity):
    """A network that an organisation has at every site, e.g. its servers' network."""

    number: Annotated[Amount, Field(le=7)]
    """Place in the address plan; never reused, never renumbered."""
    purpose: str
    public: bool = False
    """Whether the whole internet reaches it. What stands there is open to everybody, and may keep no data."""


class Host(Entity):
    """A hypervisor host."""

    name: Slug
    cores: Count
    mhz: Count
    memory_gib: Count
    cpu_generation: str


class Datastore(Entity):
    """Storage of a site."""

    capacity_gib: Count


class Site(Entity):
    """A place with ICT; one stack each."""

    name: str
    address_block: ipaddress.IPv4Network
    """A /16; the networks of all organisations lie in it."""
    hosts: Annotated[tuple[Host, ...], Field(min_length=1)]
    """In the order in which they are filled; append, never insert."""
    local_storage: Datastore
    replicated_storage: Datastore
    """Of each dataset: a site holds its own and the replica of every other."""
    connections: frozenset[Slug]
    """External connections that end at the site."""


class Building(Entity):
    """A place where people work; it may house a site."""

    name: str
    seats: Amount
    emergency_location: Annotated[str, Field(min_length=1)]
    """What a 112 call from a telephone in this building must carry. Never inherited."""
    network_number: Annotated[Amount, Field(le=255)]
    """Place in the address plan of buildings; never reused, never renumbered."""
    houses: Slug | None = None
    """The site whose ICT stands in the building."""
    stations: Annotated[tuple[Slug, ...], Field(max_length=40)] = ()
    """What processes need in the room, e.g. a document printer. Addresses follow the order: append, never insert."""


class SessionHostRule(Entity):
    """One machine per so many concurrent users, and spares (Microsoft's guidance for remote-desktop hosts)."""

    users_per_vcpu: Count
    spare: Amount


def _branch(value: object) -> str | None:
    if isinstance(value, Mapping | SessionHostRule):
        return "a rule"
    return "a number" if isinstance(value, int | float) else None


MachineCount = Annotated[
    Annotated[Count, Tag("a number")] | Annotated[SessionHostRule, Tag("a rule")],
    Discriminator(
        _branch,
        custom_error_type=NEITHER,
        custom_error_message="is neither a number of machines nor a rule (e.g. {users_per_vcpu: 4, spare: 1})",
    ),
]


class Role(Entity):
    """The machines of a service that do the same job."""

    size: SizeClass
    count: MachineCount
    system: Slug
    """Operating system, thus golden template."""
    network: Slug
    """Kind of network of the organisation."""
    address: Annotated[int, Field(ge=10, le=250, strict=True)]
    """Host part of the first machine's address; the next machines follow."""
    recipe: Slug
    """The job: one of the library's recipes, or of the region's own in `recipes/`."""
    packages: tuple[str, ...] = ()
    """Debian packages beside those of the recipe, e.g. what an application runs on."""
    port: Port
    """TCP or UDP port at which the role serves."""
    after: frozenset[Slug] = frozenset()
    """Roles of the same service that must run first."""
    disks: Mapping[DiskName, Count] = {}
    """Data disks on replicated storage: size in GiB by name."""
    station: Slug | None = None
    """Where it prints: a station that buildings have. Only for a recipe that prints."""


class Service(Entity):
    """Something that municipalities run, defined once."""

    name: str
    component: str
    """The nearest component of the GEMMA reference architecture."""
    kind: Kind = Kind.APPLICATION
    """Which component builds it; at least one of its recipes is of this kind, and none of another but applications."""
    serves: frozenset[Serves] = frozenset()
    """What others rely on without naming it: exactly what its recipes serve."""
    recovery_class: Annotated[RecoveryClass, Field(alias="class")]
    rto_hours: Count
    """Recovery time objective; at most that of the class."""
    rpo_minutes: Amount
    """Recovery point objective: how old the data may be."""
    tenancy: Literal["dedicated", "shared"]
    standby: Standby
    depends_on: frozenset[Slug] = frozenset()
    connections: frozenset[Slug] = frozenset()
    """External connections that the site running it must have."""
    roles: Annotated[Mapping[Slug, Role], Field(min_length=1)]

    @property
    def last_roles(self) -> frozenset[str]:
        """The roles that no other waits for: when they run, the service runs."""
        return frozenset(self.roles) - {earlier for role in self.roles.values() for earlier in role.after}


class MinimumSeats(Entity):
    """The seats without which a process stops: a share of the municipality's seats, and never fewer than `at_least`."""

    share: Annotated[float, Field(ge=0, le=1)]
    at_least: Amount


class Process(Entity):
    """Work that a municipality does for its citizens or itself."""

    name: str
    recovery_class: Annotated[RecoveryClass, Field(alias="class")]
    services: frozenset[Slug]
    seats: MinimumSeats
    telephone: bool = False
    """Whether the municipality's numbers must ring."""
    stations: frozenset[Slug] = frozenset()
    own_building: bool = False
    """Whether it can only be done in the municipality's own town hall (a station that cannot be moved in hours)."""
    persons_register: bool = False
    """Whether it keeps the persons register (BRP), which nobody else's staff may reach: the drill tries."""


class ManualStep(Entity):
    """What code cannot fail over, and who does it."""

    step: str
    """May name `{site}`, `{building}` or `{dataset}`, as far as the occasion has one."""
    owner: str
    when: Literal["site-lost", "site-drained", "dataset-to-promote", "building-closed"]
    only: frozenset[Slug] = frozenset()
    """The sites or buildings that it is about; all when empty."""
    station: Slug | None = None
    """The station that it is about: it is due at a building that has one, and at no other."""
    process: Slug | None = None
    """The process that goes on when the step is done."""


class AcceptedShortfall(Entity):
    """What the partners know cannot be met, and who accepted it."""

    what: str
    building: Slug
    """The building whose closing causes it."""
    seats: Count
    owner: str
    date: datetime.date


class Organisation(Entity):
    """Who runs workloads and has staff: a municipality or a partnership."""

    name: str
    network_number: Annotated[Amount, Field(le=31)]
    """Place in the address plan; never reused, never renumbered."""
    seats: Amount
    """Workplaces that its staff need at the same time."""
    relocation: tuple[Slug, ...] | None = None
    """Buildings that take its staff, first choice first. Left out: the partnership's office, then its halls."""
    without: frozenset[Slug] = frozenset()
    """Standard services that it does not run."""
    sizes: Mapping[str, SizeClass] = {}
    """Size class by `service/role` where it differs from the standard."""


class Municipality(Organisation):
    """A municipality."""

    cbs_code: CbsCode
    """Key of Statistics Netherlands; names change, codes do not."""
    frisian_name: str | None = None
    inhabitants: Count
    home: Slug
    """The site that runs its cold workloads on a normal day."""
    town_hall: Slug
    area_codes: Annotated[tuple[AreaCode, ...], Field(min_length=1)]
    number_blocks: Annotated[tuple[NumberBlock, ...], Field(min_length=1)]
    uses: Mapping[Slug, Slug] = {}
    """Shared services that a partnership runs for it although it is no member: partnership by service."""


class Partnership(Organisation):
    """A joint ICT organisation of several municipalities; its home is the site that its office houses."""

    office: Slug
    members: Annotated[tuple[Slug, ...], Field(min_length=1)]
    runs: frozenset[Slug] = frozenset()
    """Dedicated services that it runs for its own staff, beside all shared services."""


class Settings(Entity):
    """What holds for the whole region."""

    name: str
    domain: str
    """DNS domain below which all names lie."""
    vcpus_per_core: Annotated[float, Field(gt=0, le=100)]
    """Virtual CPUs that may share one physical core; over 100 is a slip. Memory is never overcommitted."""
    carrier: str
    """Host name of the telephone carrier's SIP service."""
    building_addresses: ipaddress.IPv4Network
    """A /16; the networks of all buildings lie in it."""
    records_port: Port
    """TCP port at which every cold machine's application answers."""
    systems: Mapping[Slug, OperatingSystem]
    sizes: Mapping[SizeClass, MachineSize]
    networks: Mapping[Slug, NetworkKind]
    accepted_shortfalls: tuple[AcceptedShortfall, ...] = ()
