"""Names and addresses that machines know of each other. Pure; nothing here depends on the situation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from uitwijk.continuity.catalogue import Role
from uitwijk.continuity.region import Machine, Region, Workload

ANNOUNCED_TTL = 60
"""Seconds for which others may remember a cold machine's address: it moves with a failover."""
DIRECTORY = "directory"
"""The service that gives names, time and identities."""


@dataclass(frozen=True, order=True)
class Endpoint:
    """Where a role of another machine, or of the same service, is reached."""

    host: str
    """Fully qualified name."""
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def own_site_first(region: Region, site: str) -> tuple[str, ...]:
    """The sites in the order in which a machine at `site` should try them."""
    return (site, *(other for other in region.sites if other != site))


def full_name(region: Region, site: str, machine: Machine) -> str:
    """The machine's fully qualified name; a cold machine's is the same at every site."""
    return f"{machine.name}.{region.domain(site, region.workloads[machine.workload])}"


def role_of(region: Region, machine: Machine) -> Role:
    """The catalogue's definition of the machine's role."""
    return region.services[machine.service].roles[machine.role]


def last_roles(region: Region, service: str) -> frozenset[str]:
    """The roles that no other role of the service waits for: when they run, the service runs."""
    roles = region.services[service].roles
    return frozenset(roles) - {earlier for role in roles.values() for earlier in role.after}


def dns_servers(region: Region, site: str, organisation: str) -> tuple[str, ...]:
    """Addresses of the organisation's name servers, those of the machine's own site first."""
    directory = region.provider(organisation, DIRECTORY)
    if directory is None:
        return ()
    return tuple(
        str(region.address(where, server).ip)
        for where in own_site_first(region, site)
        for server in region.workloads[directory].machines
    )


def time_servers(region: Region, site: str, machine: Machine) -> tuple[str, ...]:
    """Names of the machine's time servers, own site first; none for a time server itself."""
    directory = region.provider(machine.organisation, DIRECTORY)
    if directory is None or directory == machine.workload:
        return ()
    return tuple(
        full_name(region, where, server)
        for where in own_site_first(region, site)
        for server in region.workloads[directory].machines
    )


def needs(region: Region, site: str, machine: Machine) -> Mapping[str, tuple[Endpoint, ...]]:
    """What the machine depends on, by service or by role of its own service; own site first."""
    workload = region.workloads[machine.workload]
    own = {
        role: endpoints(region, site, workload, frozenset({role})) for role in sorted(role_of(region, machine).after)
    }
    others = (region.workloads[key] for key in workload.depends_on)
    return own | {other.service: endpoints(region, site, other, last_roles(region, other.service)) for other in others}


def endpoints(region: Region, site: str, workload: Workload, roles: frozenset[str]) -> tuple[Endpoint, ...]:
    """Where a workload's roles are reached from `site`: a hot one at every site, own site first; a cold one here."""
    sites = own_site_first(region, site) if workload.hot else (site,)
    return tuple(
        Endpoint(full_name(region, where, machine), role_of(region, machine).port)
        for where in sites
        for machine in workload.machines
        if machine.role in roles
    )


def own_endpoint(region: Region, site: str, machine: Machine) -> Endpoint:
    """Where the machine itself is reached."""
    return Endpoint(full_name(region, site, machine), role_of(region, machine).port)


def peers(region: Region, site: str, machine: Machine) -> tuple[Endpoint, ...]:
    """The other machines of the same role, at every site if they are hot."""
    workload = region.workloads[machine.workload]
    everyone = endpoints(region, site, workload, frozenset({machine.role}))
    own = own_endpoint(region, site, machine)
    return tuple(endpoint for endpoint in everyone if endpoint != own)


def waiting(region: Region, site: str, machine: Machine) -> tuple[Endpoint, ...]:
    """The machines of the same service whose role waits for the machine's."""
    roles = region.services[machine.service].roles
    later = frozenset(name for name, role in roles.items() if machine.role in role.after)
    return endpoints(region, site, region.workloads[machine.workload], later)


def clients(region: Region, site: str, machine: Machine) -> tuple[str, ...]:
    """The networks at the site whose machines need this one: nobody else's business."""
    roles = region.services[machine.service].roles
    networks = {
        region.subnet(site, other.organisation, role_of(region, other).network)
        for other in region.machines.values()
        if machine.workload in region.workloads[other.workload].depends_on
        or (other.workload == machine.workload and machine.role in roles[other.role].after)
    }
    return tuple(str(network) for network in sorted(networks))
