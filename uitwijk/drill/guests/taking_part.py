"""Which machines come alive in a drill: those that telephones, names and the municipalities' processes need. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from uitwijk.continuity.recipe import Serves
from uitwijk.continuity.region import Region


def machines_taking_part(region: Region) -> tuple[str, ...]:
    """Names of the machines, those that others need first."""
    chosen = _workloads(region)
    return tuple(m.name for key in region.by_urgency if key in chosen for m in region.workloads[key].machines)


def idle_kinds(region: Region) -> Mapping[str, str]:
    """The other machines: why they take no part, by kind, `service/role`."""
    chosen, found = _workloads(region), dict[str, set[str]]()
    for key, workload in region.workloads.items():
        if key not in chosen:
            for machine in workload.machines:
                found.setdefault(f"{machine.service}/{machine.role}", set()).add(machine.organisation)
    return {kind: f"no process of a municipality needs that of {', '.join(sorted(who))}" for kind, who in found.items()}


def _workloads(region: Region) -> frozenset[str]:
    """Keys of the workloads: telephony, what processes need, and what that needs."""
    telephony = {
        key
        for organisation in region.organisations
        for what in (Serves.CALLS, Serves.TRUNKS)
        for key in region.providers(organisation, what)
    }
    serving = {
        provider
        for municipality in region.municipalities
        for process in region.processes.values()
        for service in process.services
        if (provider := region.provider(municipality, service)) is not None
    }
    begun = telephony | serving
    return frozenset(begun | {needed for key in begun for needed in region.needs[key]})
