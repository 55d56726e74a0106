"""Which machines people meet when they use a service, by the catalogue."""

from __future__ import annotations

from collections.abc import Mapping

from uitwijk.continuity.catalogue import Kind, Standby
from uitwijk.continuity.region import Region
from uitwijk.continuity.standing import at_home


def front_ends(region: Region, workload: str) -> tuple[str, ...]:
    """The names of the workload's machines that people use."""
    return tuple(at_home(region, machine).name for machine in region.ends(workload))


def brokers(region: Region, workload: str) -> tuple[str, ...]:
    """The names of a workplace's machines that hand out sessions: no stores, but others wait for them.

    Where there are none, clerks turn to the session hosts themselves.
    """
    ends = region.ends(workload)
    found = tuple(
        at_home(region, machine).name
        for machine in region.workloads[workload].machines
        if machine not in ends and not machine.disks
    )
    return found or front_ends(region, workload)


def workplaces(region: Region) -> str:
    """The service that gives clerks their sessions."""
    return next(slug for slug, service in region.services.items() if service.kind is Kind.WORKPLACES)


def used(region: Region, process: str) -> tuple[str, ...]:
    """The services in which the process keeps records: not the workplaces, the telephones, and what runs everywhere."""
    services = region.services
    return tuple(
        slug
        for slug in services
        if slug in region.processes[process].services
        and services[slug].kind is Kind.APPLICATION
        and services[slug].standby is Standby.COLD
    )


def staffed(region: Region, process: str) -> bool:
    """Whether clerks do the process; if not, citizens do it themselves, over the internet."""
    return workplaces(region) in region.processes[process].services


def outermost(region: Region, process: str) -> str:
    """The service of a process on which no other of its services depends: where its documents are issued."""
    services = used(region, process)
    below = {needed for slug in services for needed in region.services[slug].depends_on}
    return next(slug for slug in services if slug not in below)


def kept_by(region: Region, municipality: str) -> Mapping[str, bool]:
    """The services in which a municipality's processes keep records, with whether clerks use them, or only citizens."""
    found: dict[str, bool] = {}
    for process in region.processes:
        for service in used(region, process):
            if region.provider(municipality, service) is not None:
                found[service] = found.get(service, False) or staffed(region, process)
    return found
