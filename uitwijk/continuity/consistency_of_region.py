"""What can be judged only once the catalogue is resolved into workloads and machines."""

from __future__ import annotations

from collections import Counter

from uitwijk.continuity.catalogue import SessionHostRule
from uitwijk.continuity.draft import Findings
from uitwijk.continuity.recipe import Needs, SecretSort, Serves
from uitwijk.continuity.region import Region
from uitwijk.continuity.standing import at_home

_LONGEST_LABEL = 63
"""Characters of a DNS label (RFC 1035)."""
_LAST_HOST = 254
"""The last address of a /24 that a machine may have."""


def check(region: Region, findings: Findings) -> None:
    """Notes needs that nobody meets, addresses that are taken, and names that are no names."""
    for organisation in region.organisations:
        _needs(region, organisation, findings)
        _providers(region, organisation, findings)
    _storage(region, findings)
    _retired(region, findings)
    _recipes(region, findings)
    _addresses(region, findings)
    _names(region, findings)


def _needs(region: Region, organisation: str, findings: Findings) -> None:
    file = region.file(organisation)
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


def _providers(region: Region, organisation: str, findings: Findings) -> None:
    """What an organisation relies on without naming the service: somebody gives it names, and one service the rest."""
    file = region.file(organisation)
    own = [workload for workload in region.workloads.values() if workload.organisation == organisation]
    if own and not region.providers(organisation, Serves.NAMES):
        what = f"nobody gives {organisation} names, by which machines find each other: run a service that serves them"
        findings.add(file, "without", what)
    for what in (Serves.CALLS, Serves.SESSIONS):
        found = region.providers(organisation, what)
        if len(found) > 1:
            findings.add(file, "without", f"{', '.join(found)} all serve {what}; name all but one")
    told = set(region.providers(organisation, Serves.NAMES))
    used = {key for workload in own for key in workload.depends_on}
    used |= {key for service in region.services if (key := region.provider(organisation, service)) is not None}
    for key in sorted(used):
        workload = region.workloads[key]
        if not workload.hot and told != set(region.providers(workload.organisation, Serves.NAMES)):
            findings.add(
                file,
                "uses",
                f"{organisation} uses {key}, and its name servers are not told where that runs; "
                f"use the service that gives {workload.organisation} names, too",
            )


def _storage(region: Region, findings: Findings) -> None:
    """Each site has room for every dataset, and for the system disks of its own work and of what it may take over."""
    data = {
        home: sum(
            size for w in region.workloads.values() if w.home == home for m in w.machines for size in m.disks.values()
        )
        for home in region.sites
    }
    system = dict.fromkeys(("hot", *region.sites), 0)
    for workload in region.workloads.values():
        for machine in workload.machines:
            system["hot" if workload.hot else workload.home] += region.settings.systems[machine.system].disk_gib
    for slug, site in region.sites.items():
        room = site.replicated_storage.capacity_gib
        for home, needed in data.items():
            if needed > room:
                what = f"{room} GiB are too few for the dataset of {home}, whose data disks take {needed} GiB"
                findings.add("sites.yaml", f"{slug}.replicated_storage.capacity_gib", what)
        # Whoever comes first in the catalogue takes over.
        takes = [home for home in region.sites if home != slug and next(s for s in region.sites if s != home) == slug]
        most = system["hot"] + system[slug] + max((system[home] for home in takes), default=0)
        if most > site.local_storage.capacity_gib:
            what = (
                f"{site.local_storage.capacity_gib} GiB are too few for the system disks of its own machines and of "
                f"those that it takes over: {most} GiB"
            )
            findings.add("sites.yaml", f"{slug}.local_storage.capacity_gib", what)


def _retired(region: Region, findings: Findings) -> None:
    """What left must have left, and nothing that stays may need it."""
    for index, each in enumerate(region.retired):
        there = [name for name in each.machines if name in region.machines]
        if there:
            what = f"{there[0]} is in the catalogue still; make the count smaller first, or leave it out here"
            findings.add("retired.yaml", f"[{index}].machines", what)
    for workload in region.workloads.values():
        for needed in sorted(region.services[workload.service].depends_on):
            gone = region.left.keys() & {needed, f"{workload.organisation}/{needed}"}
            if gone and region.provider(workload.organisation, needed) is None:
                what = f"{workload.key} needs {min(gone)}, which is retired; retire it, too"
                findings.add("retired.yaml", "what", what)


def _recipes(region: Region, findings: Findings) -> None:
    """What the jobs of some machines need, and could only be seen now."""
    told: set[tuple[str, str]] = set()
    for machine in region.machines.values():
        recipe, path = region.recipe(machine), f"{machine.service}.roles.{machine.role}"
        if (
            Needs.RECORDS in recipe.needs
            and at_home(region, machine).keeper is None
            and (machine.service, path) not in told
        ):
            told.add((machine.service, path))
            what = (
                f"the recipe {region.role(machine).recipe} needs records: an earlier role with a data disk, or a cold "
                "service that leads to one in `depends_on`"
            )
            findings.add("services.yaml", path, what)
        who = machine.organisation
        numbered = SecretSort.NUMBER_BLOCK in recipe.secrets.values()
        if numbered and who not in region.municipalities and (who, path) not in told:
            told.add((who, path))
            what = f"{who} has no number blocks, and {machine.service} serves those of a municipality"
            findings.add(region.file(who), "runs", what)


def _addresses(region: Region, findings: Findings) -> None:
    taken: dict[tuple[str, int], str] = {}
    told: set[str] = set()
    for machine in region.machines.values():
        role = region.role(machine)
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
