"""Which machines people meet when they use a service, by the catalogue."""

from __future__ import annotations

from collections.abc import Mapping

from uitwijk.continuity.catalogue import Standby
from uitwijk.continuity.recipe import Kind, Serves
from uitwijk.continuity.region import Region
from uitwijk.continuity.standing import at_home


def front_ends(region: Region, workload: str) -> tuple[str, ...]:
    """The names of the workload's machines that people use."""
    return tuple(at_home(region, machine).name for machine in region.ends(workload))


def brokers(region: Region, workload: str) -> tuple[str, ...]:
    """The names of a workplace's machines at which clerks ask for a session; without any, the session hosts'."""
    machines = region.workloads[workload].machines
    doors = [each for each in machines if region.serves(each, Serves.LOGINS)]
    hosts = [each for each in machines if region.serves(each, Serves.SESSIONS)]
    return tuple(at_home(region, machine).name for machine in doors or hosts)


def workplace(region: Region, organisation: str) -> str | None:
    """The key of the workload that gives an organisation's clerks their sessions; None: they have none."""
    return next(iter(region.providers(organisation, Serves.SESSIONS)), None)


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
    return any(Serves.SESSIONS in region.services[service].serves for service in region.processes[process].services)


def printing(region: Region, process: str) -> str | None:
    """The service of a process that prints its documents at a station that the process needs; None: none does."""
    stations = region.processes[process].stations
    return next(
        (
            slug
            for slug in used(region, process)
            for role in region.services[slug].roles.values()
            if role.station in stations
        ),
        None,
    )


def kept_by(region: Region, municipality: str) -> Mapping[str, bool]:
    """The services in which a municipality's processes keep records, with whether clerks use them, or only citizens."""
    found: dict[str, bool] = {}
    for process in region.processes:
        for service in used(region, process):
            if region.provider(municipality, service) is not None:
                found[service] = found.get(service, False) or staffed(region, process)
    return found
