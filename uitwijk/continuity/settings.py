"""What holds for the whole region: the vocabulary of `region.yaml`."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from uitwijk.continuity.fields import Amount, Count, Day, Entity, Flag, Port, SizeClass, Slug


class MachineSize(Entity):
    """A size class of machines."""

    vcpus: Count
    """Virtual CPUs of a machine."""
    memory_gib: Count
    """Memory of a machine in GiB."""


class OperatingSystem(Entity):
    """What a golden template of each site holds."""

    guest_id: str
    """vSphere's identifier of the guest operating system."""
    disk_gib: Count
    """Size of the template's disk in GiB; each machine has one like it."""
    content_id: str
    """Identity of the template's content; equal at all sites, or the mirror is broken."""


class NetworkKind(Entity):
    """A network that an organisation has at every site, e.g. its servers' network."""

    number: Annotated[Amount, Field(le=7)]
    """Place in the address plan; never reused, never renumbered."""
    purpose: str
    """What stands in it, for people."""
    public: Flag = False
    """Whether the whole internet reaches it. What stands there is open to everybody, and may keep no data."""


class AcceptedShortfall(Entity):
    """What the partners know cannot be met, and who accepted it."""

    what: str
    """What cannot be met, in a sentence."""
    building: Slug
    """The building whose closing causes it."""
    seats: Count
    """How many may be short."""
    owner: str
    """Who accepted it, by function."""
    date: Day
    """When it was accepted."""


class Backup(Entity):
    """How backups of the machines are made, as far as a failover depends on it."""

    window_hours: Count = 24
    """For so long a backup may hold a snapshot of a machine; an older one was forgotten."""
    inside_guest: bool = False
    """Whether it works inside the guest alone: then data disks take part in no snapshot (`independent_persistent`)."""


class Settings(Entity):
    """What holds for the whole region."""

    name: str
    """What people call the region."""
    domain: str
    """DNS domain below which all names lie."""
    vcpus_per_core: Annotated[float, Field(gt=0, le=100, strict=True)]
    """Virtual CPUs that may share one physical core; over 100 is a slip. Memory is never overcommitted."""
    carrier: str
    """Host name of the telephone carrier's SIP service."""
    building_addresses: ipaddress.IPv4Network
    """A /16; the networks of all buildings lie in it."""
    records_port: Port
    """TCP port at which every cold machine's application answers."""
    systems: Mapping[Slug, OperatingSystem]
    """Operating systems, thus golden templates, by name."""
    sizes: Mapping[SizeClass, MachineSize]
    """Size classes of machines, by name."""
    networks: Mapping[Slug, NetworkKind]
    """What networks each organisation has at each site, by name."""
    backup: Backup = Backup()
    """How backups are made; left out: by snapshots, for at most 24 hours each."""
    accepted_shortfalls: tuple[AcceptedShortfall, ...] = ()
    """What the partners know cannot be met."""
