"""The form of the tables that people write by hand: what a drill must find. Unknown keys are refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from uitwijk.continuity.catalogue import MOST_MACHINES
from uitwijk.continuity.fields import Amount, Count, Entity, Flag, Slug

_RoleKey = Annotated[str, Field(pattern=r"^[a-z0-9-]+/[a-z0-9-]+$")]
_Machines = Annotated[Count, Field(le=MOST_MACHINES)]


class Row(Entity):
    """The machines of one role of a service, for each organisation of the group. Tables leave out what is usual."""

    recovery_class: Annotated[Literal["R0", "R1", "R2", "R3"], Field(alias="class")]
    machines: _Machines | Literal["session-hosts"]
    vcpus: Count
    memory_gib: Count
    network: Slug
    system: str = "debian-12"
    stands: Literal["one-site", "every-site"] = "one-site"
    disks_gib: Mapping[Slug, Count] = {}


class Group(Entity):
    """Organisations that run the same machines."""

    organisations: Annotated[tuple[Slug, ...], Field(min_length=1)]
    home: Slug
    served_by: Mapping[Slug, Slug] = {}
    """Who runs what the organisations do not run themselves, by service or for `all-other-services`."""
    machines: Mapping[_RoleKey, Row]


class Organisations(Entity):
    """`organisations.yaml`: what holds in every scenario."""

    groups: Mapping[str, Group]
    session_hosts: Mapping[Slug, _Machines]
    number_blocks: Mapping[Slug, tuple[str, ...]]
    emergency_locations: Mapping[Slug, str]
    start_order: tuple[Annotated[str, Field(pattern=r"^\S+ before \S+$")], ...]
    s1_closes: Slug | None = None
    """The municipality whose town hall a drill closes in S1 unless it is asked for another."""


class Declared(Entity):
    """What the duty officer declares."""

    lost: tuple[Slug, ...] = ()
    closed: tuple[Slug, ...] = ()


class Runs(Entity):
    """Whose machines stand at a site."""

    everything_of: tuple[Slug, ...] = ()
    every_site_machines_of: tuple[Slug, ...] = ()


class Seats(Entity):
    """Where an organisation's staff sit."""

    needed: Amount
    at: Mapping[Slug, Count]
    short: Amount = 0


class Step(Entity):
    """A manual step; `until: promoted` when it is done once the dataset is declared promoted."""

    owner: str
    step: str
    until: Literal["promoted"] | None = None


class Standing(Entity):
    """What stands where, and how many machines that are: a sum made by hand, to catch slips."""

    runs: Mapping[Slug, Runs]
    machines: Mapping[Slug, Amount]


class Scenario(Standing):
    """One scenario: what is declared, and what must then be true."""

    scenario: str
    title: str
    declared: Declared
    promoted: Mapping[Slug, Slug] = {}
    returns: Literal["as-it-was", "rebuilt"] = "as-it-was"
    created: Mapping[Slug, Amount] = {}
    untouched: Mapping[Slug, Amount] = {}
    spare_host: Mapping[Slug, Flag]
    seats: Mapping[Slug, Seats]
    numbers_served_by: tuple[Slug, ...]
    numbers_ring_at: Mapping[Slug, tuple[Slug, ...]]
    processes_stopped: Mapping[Slug, dict[Slug, str]]
    majority_goes_on: tuple[Slug, ...]
    manual_steps: tuple[Step, ...]
    while_drained: Standing | None = None
