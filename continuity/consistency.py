"""What must hold between the files of the catalogue. Every violation is told, with file, path and what is allowed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import combinations

from continuity.catalogue import Municipality, Partnership, SessionHostRule, Standby
from continuity.reading import Problems
from continuity.region import Region

_LONGEST_LABEL = 63
"""Characters of a DNS label (RFC 1035)."""


def check(region: Region, folder: str, problems: Problems) -> None:
    """Adds every inconsistency of the region to `problems`; `folder` is the catalogue's name in the messages."""
    judge = _Judge(region, folder, problems)
    judge.references()
    judge.services()
    judge.sites()
    if problems.lines:
        return
    judge.providers()
    judge.number_blocks()
    judge.seats()
    judge.addresses()
    judge.machine_names()


class _Judge:
    def __init__(self, region: Region, folder: str, problems: Problems) -> None:
        self._region = region
        self._folder = folder
        self._problems = problems

    def _add(self, file: str, path: str, what: str) -> None:
        self._problems.add(f"{self._folder}/{file}: {path}", what)

    def _known(self, file: str, path: str, names: Iterable[str], known: Iterable[str], what: str) -> None:
        for name in sorted(set(names) - set(known)):
            self._add(file, path, f"{name} is no {what}; there are: {', '.join(sorted(known))}")

    def _once(self, file: str, path: str, names: Iterable[object]) -> None:
        for name, times in Counter(names).items():
            if times > 1:
                self._add(file, path, f"{name} stands {times} times; once is allowed")

    def _file(self, organisation: str) -> str:
        kind = "partnerships" if organisation in self._region.partnerships else "municipalities"
        return f"{kind}/{organisation}.yaml"

    def references(self) -> None:
        region = self._region
        for slug in sorted(set(region.partnerships) & set(region.municipalities)):
            self._add(self._file(slug), "name", f"{slug} is the name of a municipality and of a partnership")
        for slug, building in region.buildings.items():
            if building.houses:
                self._known("buildings.yaml", f"{slug}.houses", [building.houses], region.sites, "site")
        self._once("buildings.yaml", "houses", [b.houses for b in region.buildings.values() if b.houses])
        for slug, partnership in region.partnerships.items():
            self._partnership(slug, partnership)
        for slug, municipality in region.municipalities.items():
            self._municipality(slug, municipality)
        for slug, organisation in region.organisations.items():
            file = self._file(slug)
            self._known(file, "relocation", organisation.relocation or (), region.buildings, "building")
            self._once(file, "relocation", organisation.relocation or ())
            self._known(file, "without", organisation.without, region.services, "service")
            roles = {f"{service}/{role}" for service, s in region.services.items() for role in s.roles}
            self._known(file, "sizes", organisation.sizes, roles, "service/role")
            self._known(file, "sizes", organisation.sizes.values(), region.settings.sizes, "size class")
        self._network_numbers()
        for shortfall in region.settings.accepted_shortfalls:
            path = "accepted_shortfalls.building"
            self._known("region.yaml", path, [shortfall.building], region.buildings, "building")
        for index, step in enumerate(region.manual_steps):
            places = {*region.sites, *region.buildings}
            self._known("manual-steps.yaml", f"[{index}].only", step.only, places, "site or building")
            allowed = {"building-closed": {"building"}, "dataset-to-promote": {"dataset", "site"}}
            known = allowed.get(step.when, {"site"})
            self._known(
                "manual-steps.yaml", f"[{index}].step", re.findall(r"\{(\w*)\}", step.step), known, "placeholder"
            )

    def _network_numbers(self) -> None:
        holders: dict[int, str] = {}
        for slug, organisation in self._region.organisations.items():
            number = organisation.network_number
            if number in holders:
                self._add(self._file(slug), "network_number", f"{number} is already that of {holders[number]}")
            holders.setdefault(number, slug)

    def _partnership(self, slug: str, partnership: Partnership) -> None:
        region, file = self._region, self._file(slug)
        self._once(file, "members", partnership.members)
        self._known(file, "members", partnership.members, region.municipalities, "municipality")
        self._known(file, "office", [partnership.office], region.buildings, "building")
        self._known(file, "runs", partnership.runs, region.services, "service")
        office = region.buildings.get(partnership.office)
        if office and not office.houses:
            self._add(file, "office", f"{partnership.office} houses no site; a partnership's home is its office's site")
        for other, rival in region.partnerships.items():
            for member in sorted(set(partnership.members) & set(rival.members)) if other < slug else ():
                self._add(file, "members", f"{member} is already a member of {other}")

    def _municipality(self, slug: str, municipality: Municipality) -> None:
        region, file = self._region, self._file(slug)
        self._known(file, "home", [municipality.home], region.sites, "site")
        self._known(file, "town_hall", [municipality.town_hall], region.buildings, "building")
        self._known(file, "uses", municipality.uses.values(), region.partnerships, "partnership")
        shared = {name for name, service in region.services.items() if service.tenancy == "shared"}
        self._known(file, "uses", municipality.uses, shared, "shared service")
        for other, rival in region.municipalities.items():
            if other < slug and rival.cbs_code == municipality.cbs_code:
                self._add(file, "cbs_code", f"{municipality.cbs_code} is already that of {other}")
            if other < slug and rival.town_hall == municipality.town_hall:
                self._add(file, "town_hall", f"{municipality.town_hall} is already that of {other}")
        if slug not in region.partnership_of and municipality.relocation is None:
            self._add(
                file,
                "relocation",
                "is missing: the municipality is a member of no partnership. Add it to a partnership's members, "
                "or say which buildings take its staff (an empty list: none)",
            )

    def services(self) -> None:
        region = self._region
        for slug, service in region.services.items():
            self._known("services.yaml", f"{slug}.depends_on", service.depends_on, region.services, "service")
            if service.rto_hours > service.recovery_class.hours:
                self._add(
                    "services.yaml",
                    f"{slug}.rto_hours",
                    f"{service.rto_hours} is more than the {service.recovery_class.hours} h of class {service.recovery_class}",
                )
            for needed in sorted(service.depends_on & set(region.services)):
                self._dependency(slug, needed)
            for name, role in service.roles.items():
                path = f"{slug}.roles.{name}"
                self._known("services.yaml", f"{path}.size", [role.size], region.settings.sizes, "size class")
                self._known(
                    "services.yaml", f"{path}.system", [role.system], region.settings.systems, "operating system"
                )
                self._known("services.yaml", f"{path}.network", [role.network], region.settings.networks, "network")
                self._known("services.yaml", f"{path}.after", role.after, service.roles, "role of the service")
                if service.standby is Standby.HOT and role.disks:
                    self._add(
                        "services.yaml", f"{path}.disks", "a hot service runs at every site and has no replicated disks"
                    )
            self._cycle(f"{slug}.roles", {name: role.after for name, role in service.roles.items()})
        self._cycle("depends_on", {name: service.depends_on for name, service in region.services.items()})
        for slug, process in region.processes.items():
            self._known("processes.yaml", f"{slug}.services", process.services, region.services, "service")
            for needed in sorted(process.services & set(region.services)):
                if region.services[needed].recovery_class > process.recovery_class:
                    self._add(
                        "processes.yaml",
                        f"{slug}.class",
                        f"{process.recovery_class} is more urgent than its service {needed} ({region.services[needed].recovery_class})",
                    )

    def _dependency(self, slug: str, needed: str) -> None:
        service, other = self._region.services[slug], self._region.services[needed]
        path = f"{slug}.depends_on"
        if other.recovery_class > service.recovery_class:
            self._add(
                "services.yaml",
                path,
                f"{needed} has class {other.recovery_class}, less urgent than {slug} ({service.recovery_class}) that depends on it",
            )
        if service.standby is Standby.HOT and other.standby is Standby.COLD:
            self._add("services.yaml", path, f"{slug} is hot and cannot depend on {needed}, which is cold")

    def _cycle(self, path: str, edges: dict[str, frozenset[str]]) -> None:
        done: set[str] = set()

        def walk(node: str, trail: tuple[str, ...]) -> tuple[str, ...] | None:
            if node in trail:
                return (*trail[trail.index(node) :], node)
            if node in done or node not in edges:
                return None
            for following in sorted(edges[node]):
                if found := walk(following, (*trail, node)):
                    return found
            done.add(node)
            return None

        for start in edges:
            if found := walk(start, ()):
                self._add("services.yaml", path, f"a cycle: {' → '.join(found)}")
                return

    def sites(self) -> None:
        region = self._region
        needed = {connection for service in region.services.values() for connection in service.connections}
        for slug, site in region.sites.items():
            for connection in sorted(needed - site.connections):
                self._add(
                    "sites.yaml",
                    f"{slug}.connections",
                    f"{connection} is missing; a service that may run here needs it",
                )
            self._once("sites.yaml", f"{slug}.hosts", [host.name for host in site.hosts])
            if site.address_block.prefixlen != 16:
                self._add("sites.yaml", f"{slug}.address_block", f"{site.address_block} is no /16")
            if not any(building.houses == slug for building in region.buildings.values()):
                self._add("sites.yaml", slug, "no building houses this site; set `houses` in buildings.yaml")
        for (a, one), (b, two) in combinations(region.sites.items(), 2):
            if one.address_block.overlaps(two.address_block):
                self._add("sites.yaml", f"{b}.address_block", f"{two.address_block} overlaps that of {a}")
        numbers = [network.number for network in region.settings.networks.values()]
        self._once("region.yaml", "networks", numbers)

    def providers(self) -> None:
        region = self._region
        for organisation in region.organisations:
            for slug, service in region.services.items():
                if not region.runs(organisation, slug):
                    continue
                for needed in sorted(service.depends_on):
                    if region.provider(organisation, needed) is None:
                        what = f"{organisation} runs {slug}, which depends on {needed}, and nobody runs {needed} for it"
                        self._add(self._file(organisation), "without", what)

    def number_blocks(self) -> None:
        taken: list[tuple[range, str, str]] = []
        for slug, municipality in self._region.municipalities.items():
            for index, block in enumerate(municipality.number_blocks):
                path = f"number_blocks[{index}]"
                if block.area_code not in municipality.area_codes:
                    self._add(
                        self._file(slug),
                        f"{path}.first",
                        f"{block.first} lies in area {block.area_code}; {municipality.name} has {', '.join(municipality.area_codes)}",
                    )
                for numbers, other, first in taken:
                    if numbers.start < block.numbers.stop and block.numbers.start < numbers.stop:
                        self._add(self._file(slug), path, f"{block.first} overlaps the block {first} of {other}")
                taken.append((block.numbers, slug, block.first))

    def seats(self) -> None:
        region = self._region
        for slug, building in region.buildings.items():
            staff = {
                org: region.organisations[org].seats for org in region.organisations if region.building_of(org) == slug
            }
            if sum(staff.values()) > building.seats:
                who = ", ".join(f"{org} {seats}" for org, seats in staff.items())
                self._add("buildings.yaml", f"{slug}.seats", f"{building.seats} are too few for its own staff ({who})")

    def addresses(self) -> None:
        region = self._region
        for organisation, who in region.organisations.items():
            taken: dict[tuple[str, int], str] = {}
            for slug, service in region.services.items():
                if not region.runs(organisation, slug):
                    continue
                for name, role in service.roles.items():
                    machines = sum(1 for m in region.workloads[f"{organisation}/{slug}"].machines if m.role == name)
                    for host in range(role.address, role.address + machines):
                        self._address(organisation, taken, (role.network, host), f"{slug}.roles.{name}")
                    if isinstance(role.count, SessionHostRule) and not who.seats:
                        self._add(
                            self._file(organisation),
                            "seats",
                            f"0 seats, but {slug} is sized by them; put it in `without`",
                        )

    def _address(self, organisation: str, taken: dict[tuple[str, int], str], key: tuple[str, int], path: str) -> None:
        network, host = key
        if host > 254:
            self._add(
                "services.yaml",
                f"{path}.address",
                f"{organisation} needs address .{host} in {network}; .254 is the last",
            )
        elif key in taken and taken[key] != path:
            self._add(
                "services.yaml",
                f"{path}.address",
                f".{host} in {network} is already taken by {taken[key]} ({organisation})",
            )
        taken.setdefault(key, path)

    def machine_names(self) -> None:
        names = Counter(machine.name for workload in self._region.workloads.values() for machine in workload.machines)
        for name, times in names.items():
            if times > 1:
                self._add("services.yaml", "roles", f"two machines would be named {name}; rename a role or a service")
            if len(name) > _LONGEST_LABEL:
                self._add(
                    "services.yaml",
                    "roles",
                    f"{name} has {len(name)} characters; a DNS label has at most {_LONGEST_LABEL}",
                )
