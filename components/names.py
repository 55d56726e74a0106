"""Names and addresses that machines know of each other. Pure; nothing here depends on the situation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from continuity.catalogue import Role
from continuity.region import Machine, Region, Workload

DIRECTORY = "directory"
"""The service that gives names, time and identities."""


@dataclass(frozen=True)
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


def needs(region: Region, site: str, machine: Machine) -> Mapping[str, tuple[Endpoint, ...]]:
    """What the machine depends on, by service or by role of its own service; own site first."""
    workload = region.workloads[machine.workload]
    own = {
        role: _endpoints(region, site, workload, frozenset({role})) for role in sorted(role_of(region, machine).after)
    }
    others = (region.workloads[key] for key in workload.depends_on)
    return own | {other.service: _endpoints(region, site, other, last_roles(region, other.service)) for other in others}


def _endpoints(region: Region, site: str, workload: Workload, roles: frozenset[str]) -> tuple[Endpoint, ...]:
    sites = own_site_first(region, site) if workload.hot else (site,)
    return tuple(
        Endpoint(full_name(region, where, machine), role_of(region, machine).port)
        for where in sites
        for machine in workload.machines
        if machine.role in roles
    )
