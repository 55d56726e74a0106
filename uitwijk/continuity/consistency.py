"""What must hold between the files about places and organisations."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from itertools import combinations

from uitwijk.continuity.catalogue import ManualStep, Municipality, Partnership
from uitwijk.continuity.draft import Draft, Findings

_PLACEHOLDERS = {
    "site-lost": {"site"},
    "site-drained": {"site"},
    "building-closed": {"building"},
    "dataset-to-promote": {"dataset", "site"},
}
"""What the text of a manual step may name, by its occasion."""


def check(draft: Draft, findings: Findings) -> None:
    """Notes every inconsistency between sites, buildings, partnerships, municipalities and manual steps."""
    _sites(draft, findings)
    _buildings(draft, findings)
    for slug in sorted(set(draft.partnerships) & set(draft.municipalities)):
        findings.unresolved = True
        findings.add(
            draft.file(slug), "name", f"{slug} is the name of a municipality and of a partnership; rename a file"
        )
    for slug, partnership in draft.partnerships.items():
        _partnership(draft, slug, partnership, findings)
    for slug, municipality in draft.municipalities.items():
        _municipality(draft, slug, municipality, findings)
    _organisations(draft, findings)
    _number_blocks(draft, findings)
    for index, step in enumerate(draft.manual_steps):
        _manual_step(index, step, findings)
    if draft.settings:
        for index, shortfall in enumerate(draft.settings.accepted_shortfalls):
            path = f"accepted_shortfalls[{index}].building"
            findings.known("region.yaml", path, [shortfall.building], "building")


def _sites(draft: Draft, findings: Findings) -> None:
    housed = {building.houses for building in draft.buildings.values()}
    for slug, site in draft.sites.items():
        findings.once("sites.yaml", f"{slug}.hosts", [host.name for host in site.hosts])
        if site.address_block.prefixlen != 16:
            findings.add("sites.yaml", f"{slug}.address_block", f"{site.address_block} is no /16 (e.g. 10.11.0.0/16)")
        if slug not in housed and "buildings" not in draft.broken:
            findings.add("sites.yaml", slug, "no building houses this site; set `houses` in buildings.yaml")
    for (a, one), (b, two) in combinations(draft.sites.items(), 2):
        if one.address_block.overlaps(two.address_block):
            findings.add("sites.yaml", f"{b}.address_block", f"{two.address_block} overlaps that of {a}")


def _buildings(draft: Draft, findings: Findings) -> None:
    for slug, building in draft.buildings.items():
        findings.known("buildings.yaml", f"{slug}.houses", [building.houses] if building.houses else [], "site")
        findings.once("buildings.yaml", f"{slug}.stations", building.stations)
    findings.once("buildings.yaml", "houses", [b.houses for b in draft.buildings.values() if b.houses])
    for slug, what in _taken({slug: building.network_number for slug, building in draft.buildings.items()}):
        findings.add("buildings.yaml", f"{slug}.network_number", what)
    if draft.settings:
        _building_addresses(draft, draft.settings.building_addresses, findings)
    staff: dict[str, dict[str, int]] = {}
    for slug, municipality in draft.municipalities.items():
        staff.setdefault(municipality.town_hall, {})[slug] = municipality.seats
    for slug, partnership in draft.partnerships.items():
        staff.setdefault(partnership.office, {})[slug] = partnership.seats
    for slug, building in draft.buildings.items():
        own = staff.get(slug, {})
        if sum(own.values()) > building.seats:
            who = ", ".join(f"{organisation} {seats}" for organisation, seats in own.items())
            findings.add("buildings.yaml", f"{slug}.seats", f"{building.seats} are too few for its own staff ({who})")


def _building_addresses(draft: Draft, block: IPv4Network, findings: Findings) -> None:
    path = "building_addresses"
    if block.prefixlen != 16:
        findings.add("region.yaml", path, f"{block} is no /16 (e.g. 10.13.0.0/16)")
    for slug, site in draft.sites.items():
        if block.overlaps(site.address_block):
            findings.add("region.yaml", path, f"{block} overlaps {site.address_block}, the address_block of {slug}")


def _partnership(draft: Draft, slug: str, partnership: Partnership, findings: Findings) -> None:
    file = draft.file(slug)
    findings.once(file, "members", partnership.members)
    findings.known(file, "members", partnership.members, "municipality")
    findings.known(file, "office", [partnership.office], "building")
    findings.known(file, "runs", partnership.runs, "service")
    office = draft.buildings.get(partnership.office)
    if office and not office.houses:
        findings.unresolved = True
        houses = ", ".join(b for b, building in draft.buildings.items() if building.houses)
        what = f"{partnership.office} houses no site, and a partnership's home is its office's site; these do: {houses}"
        findings.add(file, "office", what)
    for other, rival in draft.partnerships.items():
        for member in sorted(set(partnership.members) & set(rival.members)) if other < slug else ():
            findings.add(file, "members", f"{member} is already a member of {other}; a municipality is a member of one")


def _municipality(draft: Draft, slug: str, municipality: Municipality, findings: Findings) -> None:
    file = draft.file(slug)
    findings.known(file, "home", [municipality.home], "site")
    findings.known(file, "town_hall", [municipality.town_hall], "building")
    findings.known(file, "uses", municipality.uses.values(), "partnership")
    findings.known(file, "uses", municipality.uses, "shared service")
    for other, rival in draft.municipalities.items():
        if other < slug and rival.cbs_code == municipality.cbs_code:
            findings.add(file, "cbs_code", f"{municipality.cbs_code} is already that of {other}")
        if other < slug and rival.town_hall == municipality.town_hall:
            findings.add(file, "town_hall", f"{municipality.town_hall} is already that of {other}")
    members = {member for partnership in draft.partnerships.values() for member in partnership.members}
    if slug not in members and municipality.relocation is None and "partnerships" not in draft.broken:
        what = (
            f"is missing: {slug} is a member of no partnership. Add it to a partnership's members, or say which "
            "buildings take its staff (an empty list: none)"
        )
        findings.add(file, "relocation", what)


def _organisations(draft: Draft, findings: Findings) -> None:
    for slug, organisation in draft.organisations.items():
        file = draft.file(slug)
        findings.known(file, "relocation", organisation.relocation or (), "building")
        findings.once(file, "relocation", organisation.relocation or ())
        findings.known(file, "without", organisation.without, "service")
        findings.known(file, "sizes", organisation.sizes, "service/role")
        if draft.settings:
            for role, size in organisation.sizes.items():
                findings.among(file, f"sizes.{role}", [size], draft.settings.sizes, "size class")
    for slug, what in _taken({slug: organisation.network_number for slug, organisation in draft.organisations.items()}):
        findings.add(draft.file(slug), "network_number", what)


def _taken(numbers: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Who has a network number that another had before, and what is wrong with that."""
    holders: dict[int, str] = {}
    for slug, number in numbers.items():
        if number in holders:
            yield slug, f"{number} is already that of {holders[number]}"
        holders.setdefault(number, slug)


def _number_blocks(draft: Draft, findings: Findings) -> None:
    taken: list[tuple[range, str, str]] = []
    for slug, municipality in draft.municipalities.items():
        for index, block in enumerate(municipality.number_blocks):
            file, path = draft.file(slug), f"number_blocks[{index}]"
            if block.area_code not in municipality.area_codes:
                areas = ", ".join(municipality.area_codes)
                what = f"{block.first} lies in area {block.area_code}; {municipality.name} has {areas}"
                findings.add(file, f"{path}.first", what)
            for numbers, other, first in taken:
                if numbers.start < block.numbers.stop and block.numbers.start < numbers.stop:
                    findings.add(file, path, f"{block.first} to {block.last} overlaps the block {first} of {other}")
            taken.append((block.numbers, slug, block.first))


def _manual_step(index: int, step: ManualStep, findings: Findings) -> None:
    findings.known("manual-steps.yaml", f"[{index}].only", step.only, "site or building")
    if step.station is not None:
        findings.known("manual-steps.yaml", f"[{index}].station", [step.station], "station of a building")
        if step.when != "building-closed":
            what = f"a step {step.when} is about no building, and {step.station} stands in one; leave it out"
            findings.add("manual-steps.yaml", f"[{index}].station", what)
    findings.known("manual-steps.yaml", f"[{index}].process", [step.process] if step.process else [], "process")
    path = f"[{index}].step"
    try:
        named = list(_placeholders(step.step))
    except ValueError:
        findings.add("manual-steps.yaml", path, "has a brace without its partner; write {{ or }} for a brace itself")
    else:
        findings.among("manual-steps.yaml", path, named, _PLACEHOLDERS[step.when], f"placeholder of {step.when}")


def _placeholders(text: str) -> Iterator[str]:
    for _, name, form, conversion in string.Formatter().parse(text):
        if name is not None:
            yield f"{name} with a format" if form or conversion else name
