"""What can be judged only once the catalogue is resolved into workloads and machines."""

from __future__ import annotations

from collections import Counter

from uitwijk.continuity.catalogue import SessionHostRule
from uitwijk.continuity.draft import Findings
from uitwijk.continuity.region import Region

_LONGEST_LABEL = 63
"""Characters of a DNS label (RFC 1035)."""
_LAST_HOST = 254
"""The last address of a /24 that a machine may have."""


def check(region: Region, findings: Findings) -> None:
    """Notes needs that nobody meets, addresses that are taken, and names that are no names."""
    for organisation in region.organisations:
        _needs(region, organisation, findings)
    _addresses(region, findings)
    _names(region, findings)


def _file(region: Region, organisation: str) -> str:
    return f"{'partnerships' if organisation in region.partnerships else 'municipalities'}/{organisation}.yaml"


def _needs(region: Region, organisation: str, findings: Findings) -> None:
    file = _file(region, organisation)
    for slug, service in region.services.items():
        if not region.runs(organisation, slug):
            continue
        for needed in sorted(service.depends_on):
            if region.provider(organisation, needed) is None:
                what = f"{organisation} runs {slug}, which depends on {needed}, and nobody runs {needed} for it"
                findings.add(file, "without", what)
        by_seats = any(isinstance(role.count, SessionHostRule) for role in service.roles.values())
        if by_seats and not region.organisations[organisation].seats:
            findings.add(file, "seats", f"0, but {slug} is sized by them; name it in `without`")


def _addresses(region: Region, findings: Findings) -> None:
    taken: dict[tuple[str, int], str] = {}
    told: set[str] = set()
    for machine in region.machines.values():
        role = region.services[machine.service].roles[machine.role]
        path = f"{machine.service}.roles.{machine.role}.address"
        host = role.address + machine.number - 1
        holder = taken.setdefault((machine.network, host), machine.name)
        why = f".{_LAST_HOST} is the last" if host > _LAST_HOST else f"{holder} has it already"
        if (host > _LAST_HOST or holder != machine.name) and path not in told:
            told.add(path)
            findings.add("services.yaml", path, f"{machine.name} would need .{host} in {machine.network}; {why}")


def _names(region: Region, findings: Findings) -> None:
    machines = Counter(machine.name for workload in region.workloads.values() for machine in workload.machines)
    networks = Counter(
        f"{organisation}-{network}" for organisation in region.organisations for network in region.settings.networks
    )
    for names, file, path, what in (
        (machines, "services.yaml", "roles", "two machines would be named {}; rename a role or a service"),
        (networks, "region.yaml", "networks", "two networks would be named {}; rename one"),
    ):
        for name, times in names.items():
            if times > 1:
                findings.add(file, path, what.format(name))
    for name in machines:
        if len(name) > _LONGEST_LABEL:
            what = f"{name} has {len(name)} characters; a DNS label has at most {_LONGEST_LABEL}. Shorten a name"
            findings.add("services.yaml", "roles", what)
