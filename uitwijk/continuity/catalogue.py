"""The vocabulary of the catalogue: what may stand in its files, one class a kind of thing.

Every class is frozen and refuses unknown keys. What can only be judged across files is in `consistency`.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from uitwijk.continuity.fields import Amount, AreaCode, CbsCode, Count, DiskName, Entity, Flag, Port, SizeClass, Slug
from uitwijk.continuity.numbers import NumberBlock
from uitwijk.continuity.reading import NEITHER
from uitwijk.continuity.recipe import Kind, Serves

MOST_MACHINES = 245
"""Of one role of an organisation: they have the addresses from 10 to 254 of one network at the most."""
MOST_STAFF = 100_000
"""Of an organisation: machines are counted by them, and a slip must not count for hours."""


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


class Host(Entity):
    """A hypervisor host."""

    name: Slug
    """As vCenter knows it."""
    cores: Count
    """Physical cores."""
    mhz: Count
    """Clock of a core in MHz."""
    memory_gib: Count
    """Memory in GiB."""
    cpu_generation: str
    """Generation of its CPUs, e.g. `intel-icelake`."""


class Datastore(Entity):
    """Storage of a site."""

    capacity_gib: Count
    """Size in GiB."""


class Site(Entity):
    """A place with ICT; one stack each."""

    name: str
    """What people call it."""
    address_block: ipaddress.IPv4Network
    """A /16; the networks of all organisations lie in it."""
    hosts: Annotated[tuple[Host, ...], Field(min_length=1)]
    """In the order in which they are filled; append, never insert."""
    local_storage: Datastore
    """Of the machines' own disks; nothing on it is replicated."""
    replicated_storage: Datastore
    """Of each dataset: a site holds its own and the replica of every other."""
    connections: frozenset[Slug]
    """External connections that end at the site."""


class Building(Entity):
    """A place where people work; it may house a site."""

    name: str
    """What people call it."""
    seats: Amount
    """Workplaces in it, those for relocated staff included."""
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
    """Users at the same time for each virtual CPU of a machine."""
    spare: Annotated[Amount, Field(le=MOST_MACHINES)]
    """Machines beyond those that the users need."""


def _branch(value: object) -> str | None:
    if isinstance(value, Mapping | SessionHostRule):
        return "a rule"
    return "a number" if isinstance(value, int | float) else None


MachineCount = Annotated[
    Annotated[Annotated[Count, Field(le=MOST_MACHINES)], Tag("a number")] | Annotated[SessionHostRule, Tag("a rule")],
    Discriminator(
        _branch,
        custom_error_type=NEITHER,
        custom_error_message="is neither a number of machines nor a rule (e.g. {users_per_vcpu: 4, spare: 1})",
    ),
]


class Role(Entity):
    """The machines of a service that do the same job."""

    size: SizeClass
    """Size class; an organisation's `sizes` may name another."""
    count: MachineCount
    """How many machines; or the rule by which that follows from the seats of the staff."""
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
    """What people call it."""
    component: str
    """The nearest component of the GEMMA reference architecture."""
    kind: Kind = Kind.APPLICATION
    """Which component builds it; at least one of its recipes is of this kind, and none of another but applications."""
    serves: frozenset[Serves] = frozenset()
    """What others rely on without naming it: exactly what its recipes serve."""
    recovery_class: Annotated[RecoveryClass, Field(alias="class")]
    """How urgent it is; at least as urgent as what depends on it."""
    rto_hours: Count
    """Recovery time objective; at most that of the class."""
    rpo_minutes: Amount | None = None
    """Recovery point objective: how old the data may be. Left out: it keeps none that anybody would miss."""
    tenancy: Literal["dedicated", "shared"]
    """`dedicated`: each municipality runs one of its own; `shared`: a partnership runs one for its members."""
    standby: Standby
    """How it stands at the site that is not its home."""
    depends_on: frozenset[Slug] = frozenset()
    """Services that must run first."""
    connections: frozenset[Slug] = frozenset()
    """External connections that the site running it must have."""
    roles: Annotated[Mapping[Slug, Role], Field(min_length=1)]
    """Its machines, by the job that they do."""

    @property
    def last_roles(self) -> frozenset[str]:
        """The roles that no other waits for: when they run, the service runs."""
        return frozenset(self.roles) - {earlier for role in self.roles.values() for earlier in role.after}


class MinimumSeats(Entity):
    """The seats without which a process stops: a share of the municipality's seats, and never fewer than `at_least`."""

    share: Annotated[float, Field(ge=0, le=1, strict=True)]
    """Of the municipality's seats, from 0 to 1."""
    at_least: Amount
    """Seats, however small the municipality."""


class Process(Entity):
    """Work that a municipality does for its citizens or itself."""

    name: str
    """What people call it."""
    recovery_class: Annotated[RecoveryClass, Field(alias="class")]
    """How urgent it is."""
    services: frozenset[Slug]
    """Those without which it stops."""
    seats: MinimumSeats
    """Those without which it stops."""
    telephone: Flag = False
    """Whether the municipality's numbers must ring."""
    stations: frozenset[Slug] = frozenset()
    """What must be in the building where it is done."""
    own_building: Flag = False
    """Whether it can only be done in the municipality's own town hall (a station that cannot be moved in hours)."""
    persons_register: Flag = False
    """Whether it keeps the persons register (BRP), which nobody else's staff may reach: the drill tries."""


class ManualStep(Entity):
    """What code cannot fail over, and who does it."""

    step: str
    """May name `{site}`, `{building}` or `{dataset}`, as far as the occasion has one."""
    owner: str
    """Who does it, by function."""
    when: Literal["site-lost", "site-drained", "dataset-to-promote", "building-closed"]
    """The occasion on which it is due."""
    only: frozenset[Slug] = frozenset()
    """The sites or buildings that it is about; all when empty."""
    station: Slug | None = None
    """The station that it is about: it is due at a building that has one, and at no other."""
    process: Slug | None = None
    """The process that goes on when the step is done."""


class Organisation(Entity):
    """Who runs workloads and has staff: a municipality or a partnership."""

    name: str
    """What people call it."""
    network_number: Annotated[Amount, Field(le=31)]
    """Place in the address plan; never reused, never renumbered."""
    seats: Annotated[Amount, Field(le=MOST_STAFF)]
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
    """Its name in Frisian, where that is another one."""
    inhabitants: Count
    """How many."""
    home: Slug
    """The site that runs its cold workloads on a normal day."""
    town_hall: Slug
    """The building in which its staff sit."""
    area_codes: Annotated[tuple[AreaCode, ...], Field(min_length=1)]
    """Those in which it may have numbers."""
    number_blocks: Annotated[tuple[NumberBlock, ...], Field(min_length=1)]
    """Its telephone numbers."""
    uses: Mapping[Slug, Slug] = {}
    """Shared services that a partnership runs for it although it is no member: partnership by service."""


class Partnership(Organisation):
    """A joint ICT organisation of several municipalities; its home is the site that its office houses."""

    office: Slug
    """The building in which its staff sit."""
    members: Annotated[tuple[Slug, ...], Field(min_length=1)]
    """Municipalities for which it runs the shared services."""
    runs: frozenset[Slug] = frozenset()
    """Dedicated services that it runs for its own staff, beside all shared services."""
