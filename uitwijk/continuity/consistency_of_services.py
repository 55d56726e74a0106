"""What must hold between services, and between them and the sites and processes."""

from __future__ import annotations

from collections.abc import Mapping, Set

from uitwijk.continuity.catalogue import Service, Standby
from uitwijk.continuity.draft import Draft, Findings

_FILE = "services.yaml"


def check(draft: Draft, findings: Findings) -> None:
    """Notes every inconsistency of services, their roles, connections and order, and of processes."""
    for slug, service in draft.services.items():
        _service(draft, slug, service, findings)
        _roles(draft, slug, service, findings)
    edges = {name: service.depends_on for name, service in draft.services.items()}
    for cycle in _cycles(edges):
        findings.unresolved = True
        findings.add(_FILE, f"{cycle[0]}.depends_on", f"a cycle: {' → '.join(cycle)}")
    _connections(draft, findings)
    _processes(draft, findings)
    if draft.settings:
        numbers = [network.number for network in draft.settings.networks.values()]
        findings.once("region.yaml", "networks", [f"number {number}" for number in numbers])


def _service(draft: Draft, slug: str, service: Service, findings: Findings) -> None:
    path = f"{slug}.depends_on"
    findings.known(_FILE, path, service.depends_on, "service")
    own = service.recovery_class
    if service.rto_hours > own.hours:
        what = f"{service.rto_hours} is too large; class {own} allows {own.hours}"
        findings.add(_FILE, f"{slug}.rto_hours", what)
    if service.standby is Standby.COLD and not service.depends_on - (set(draft.services) - {slug}):
        _recovery_point(draft, slug, service, findings)
    for needed in sorted(service.depends_on & set(draft.services)):
        other = draft.services[needed]
        if other.recovery_class > own:
            what = (
                f"{needed} has class {other.recovery_class}; {slug} depends on it, so it must be {own} or more urgent"
            )
            findings.add(_FILE, path, what)
        if service.standby is Standby.HOT and other.standby is Standby.COLD:
            findings.add(_FILE, path, f"{needed} is cold; a hot service can depend on hot ones only")


def _recovery_point(draft: Draft, slug: str, service: Service, findings: Findings) -> None:
    """A figure holds only for what lies on replicated storage: on disks of its own, or of a service that it needs."""
    path, own = f"{slug}.rpo_minutes", service.rpo_minutes
    if any(role.disks for role in service.roles.values()):
        if own is None:
            findings.add(_FILE, path, "is missing: its data disks are replicated; say how old the replica may be")
        return
    needed = [draft.services[name] for name in sorted(service.depends_on)]
    kept = [
        other.rpo_minutes
        for other in needed
        if other.standby is Standby.COLD
        and other.rpo_minutes is not None
        and any(role.disks for role in other.roles.values())
    ]
    if own is not None and not kept:
        what = (
            f"{own}, and nothing keeps its data: it has no data disk, and needs no cold service with one. Give a role "
            "a data disk, or leave the figure out: what it holds is gone after a failover"
        )
        findings.add(_FILE, path, what)
    elif own is not None and own < min(kept):
        what = f"{own} is less than the {min(kept)} of the service that keeps its data"
        findings.add(_FILE, path, what)


def _roles(draft: Draft, slug: str, service: Service, findings: Findings) -> None:
    for name, role in service.roles.items():
        path = f"{slug}.roles.{name}"
        findings.among(_FILE, f"{path}.after", role.after, service.roles, f"role of {slug}")
        if draft.settings:
            findings.among(_FILE, f"{path}.size", [role.size], draft.settings.sizes, "size class")
            findings.among(_FILE, f"{path}.system", [role.system], draft.settings.systems, "operating system")
            findings.among(_FILE, f"{path}.network", [role.network], draft.settings.networks, "network")
            if service.standby is Standby.COLD and role.port == draft.settings.records_port:
                what = f"{role.port} is the records_port of region.yaml, at which every cold machine answers"
                findings.add(_FILE, f"{path}.port", what)
        if service.standby is Standby.HOT and role.disks:
            what = "a hot service runs at every site at once and has no replicated disks"
            findings.add(_FILE, f"{path}.disks", what)
    for cycle in _cycles({name: role.after for name, role in service.roles.items()}):
        findings.unresolved = True
        findings.add(_FILE, f"{slug}.roles.{cycle[0]}.after", f"a cycle: {' → '.join(cycle)}")


def _cycles(edges: Mapping[str, Set[str]]) -> list[tuple[str, ...]]:
    """Cycles, each ending where it began; one for every group of nodes that lead to each other, if not all of them."""
    done: set[str] = set()
    found: list[tuple[str, ...]] = []

    def walk(node: str, trail: tuple[str, ...]) -> None:
        if node in trail:
            found.append((*trail[trail.index(node) :], node))
        elif node not in done and node in edges:
            for following in sorted(edges[node]):
                walk(following, (*trail, node))
            done.add(node)

    for start in edges:
        walk(start, ())
    return found


def _connections(draft: Draft, findings: Findings) -> None:
    for slug, site in draft.sites.items():
        for name, service in draft.services.items():
            for connection in sorted(service.connections - site.connections):
                what = f"{connection} is missing, which {name} needs; every site must be able to run every service"
                findings.add("sites.yaml", f"{slug}.connections", what)


def _processes(draft: Draft, findings: Findings) -> None:
    for slug, process in draft.processes.items():
        findings.known("processes.yaml", f"{slug}.services", process.services, "service")
        findings.known("processes.yaml", f"{slug}.stations", process.stations, "station of a building")
        for needed in sorted(process.services & set(draft.services)):
            other = draft.services[needed].recovery_class
            if other > process.recovery_class:
                what = f"{process.recovery_class} is more urgent than its service {needed}, which has class {other}"
                findings.add("processes.yaml", f"{slug}.class", what)
