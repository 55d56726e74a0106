"""Regions that are not the delivered one: of any size and odd in any way that a catalogue may be."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.continuity.situations import situation
from uitwijk.continuity import consistency_of_region
from uitwijk.continuity.catalogue import (
    Building,
    ManualStep,
    Municipality,
    Partnership,
    Process,
    Service,
    Site,
)
from uitwijk.continuity.draft import Findings
from uitwijk.continuity.reading import Problems
from uitwijk.continuity.recipe import shipped_recipes
from uitwijk.continuity.region import Region
from uitwijk.continuity.settings import Settings
from uitwijk.continuity.situation import SiteState, Situation

SIZES = {"XS": (1, 4), "M": (2, 8), "XL": (4, 16), "2XL": (8, 32)}


def build(
    *,
    hosts: dict[str, list[tuple[int, int]]],
    municipalities: dict[str, dict[str, Any]],
    partnerships: dict[str, dict[str, Any]] | None = None,
    spare_seats: int = 5,
    size: str = "M",
    count: int = 1,
) -> Region:
    """A region, checked as a loaded one is. It may be larger than the address plan allows: no placement asks for one.

    Args:
        hosts: cores and memory in GiB of each host, by site. Each site is housed by `<site>-office`.
        municipalities: by slug: `home`, `seats`, perhaps `relocation` and more; its hall is `<slug>-hall`.
        partnerships: by slug: `home`, `seats`, `members`; its office is that of its home.
        spare_seats: of every building.
        size: size class of the machines that do the work.
        count: how many of them each service has.
    """
    partnerships = partnerships or {}
    at_office = dict.fromkeys(hosts, 0)
    for partnership in partnerships.values():
        at_office[partnership["home"]] += partnership["seats"]
    halls = {f"{slug}-hall": municipality["seats"] for slug, municipality in municipalities.items()}
    offices = {f"{site}-office": seats for site, seats in at_office.items()}
    region = Region(
        settings=_settings(),
        sites={site: _site(site, index, each) for index, (site, each) in enumerate(hosts.items())},
        buildings={
            building: _building(building, own + spare_seats, number, houses_site=building in offices)
            for number, (building, own) in enumerate({**offices, **halls}.items())
        },
        services=_services(size, count),
        recipes=shipped_recipes(),
        processes=_processes(),
        municipalities={
            slug: _municipality(slug, index, len(partnerships) + index, municipality)
            for index, (slug, municipality) in enumerate(municipalities.items())
        },
        partnerships={
            slug: _partnership(slug, index, partnership)
            for index, (slug, partnership) in enumerate(partnerships.items())
        },
        retired=(),
        manual_steps=(ManualStep(step="Close {building}", owner="porter", when="building-closed"),),
    )
    problems = Problems()
    consistency_of_region.check(region, Findings("nowhere", problems, {}))
    assert not problems.lines
    return region


def _settings() -> Settings:
    return Settings.model_validate(
        {
            "name": "Nowhere",
            "domain": "nowhere.example",
            "vcpus_per_core": 2,
            "carrier": "carrier.example",
            "building_addresses": "10.255.0.0/16",
            "records_port": 8440,
            "systems": {"debian": {"guest_id": "debian", "disk_gib": 10, "content_id": "debian-1"}},
            "sizes": {name: {"vcpus": vcpus, "memory_gib": memory} for name, (vcpus, memory) in SIZES.items()},
            "networks": {"servers": {"number": 0, "purpose": "all"}},
        }
    )


def _building(slug: str, seats: int, number: int, *, houses_site: bool) -> Building:
    return Building(
        name=slug,
        seats=seats,
        emergency_location=f"reception of {slug}",
        network_number=number,
        houses=slug.removesuffix("-office") if houses_site else None,
        stations=("printer",),
    )


def _municipality(slug: str, index: int, network_number: int, stated: dict[str, Any]) -> Municipality:
    found = Municipality.model_validate(
        {
            "name": slug,
            "network_number": 0,
            "cbs_code": f"{index:04}",
            "inhabitants": 1000,
            "town_hall": f"{slug}-hall",
            "area_codes": ["0517"],
            "number_blocks": [{"first": f"0517-4{index:02}200", "last": f"0517-4{index:02}299"}],
            **stated,
        }
    )
    # There may be more of them than the address plan allows.
    return found.model_copy(update={"network_number": network_number})


def _partnership(slug: str, index: int, stated: dict[str, Any]) -> Partnership:
    return Partnership.model_validate(
        {
            "name": slug,
            "network_number": index,
            "office": f"{stated['home']}-office",
            "runs": ["workplaces"] if stated["seats"] else [],
            **{key: value for key, value in stated.items() if key != "home"},
        }
    )


def _site(name: str, index: int, hosts: list[tuple[int, int]]) -> Site:
    return Site.model_validate(
        {
            "name": name,
            "address_block": f"10.{index}.0.0/16",
            "local_storage": {"capacity_gib": 10_000_000},
            "replicated_storage": {"capacity_gib": 10_000_000},
            "connections": [],
            "hosts": [
                {"name": f"h{number}", "cores": cores, "mhz": 2000, "memory_gib": memory, "cpu_generation": "any"}
                for number, (cores, memory) in enumerate(hosts)
            ],
        }
    )


def _service(recovery_class: str, tenancy: str, standby: str, roles: dict[str, Any], **more: Any) -> Service:
    machines = {
        "recipe": "application",
        "size": "XS",
        "count": 1,
        "system": "debian",
        "network": "servers",
        "port": 80,
    }
    return Service.model_validate(
        {
            "name": "a service",
            "component": "any",
            "class": recovery_class,
            "rto_hours": 1,
            "rpo_minutes": 5,
            "tenancy": tenancy,
            "standby": standby,
            "roles": {name: {**machines, **role} for name, role in roles.items()},
            **more,
        }
    )


def _services(size: str, count: int) -> dict[str, Service]:
    return {
        "directory": _service(
            "R0",
            "shared",
            "hot",
            {"server": {"recipe": "directory", "count": 2, "address": 10, "port": 53}},
            serves=["names", "time"],
        ),
        "exchange": _service(
            "R1",
            "dedicated",
            "hot",
            {"server": {"recipe": "call-server", "address": 20}},
            kind="telephony",
            serves=["calls"],
            depends_on=["directory"],
        ),
        "workplaces": _service(
            "R1",
            "dedicated",
            "cold",
            {
                "host": {
                    "recipe": "session-host",
                    "port": 3389,
                    "size": "M",
                    "count": {"users_per_vcpu": 4, "spare": 1},
                    "address": 100,
                }
            },
            kind="workplaces",
            serves=["sessions"],
            depends_on=["directory"],
        ),
        "registry": _service(
            "R1",
            "dedicated",
            "cold",
            {
                "database": {"size": size, "address": 30, "disks": {"data": 10}},
                "application": {"size": size, "count": count, "address": 40, "after": ["database"]},
            },
            depends_on=["directory"],
        ),
        "archive": _service(
            "R3", "shared", "cold", {"server": {"size": size, "count": count, "address": 60}}, depends_on=["directory"]
        ),
        "reports": _service("R3", "dedicated", "cold", {"server": {"address": 80}}, depends_on=["archive", "registry"]),
    }


def _processes() -> dict[str, Process]:
    def process(recovery_class: str, services: list[str], share: float, at_least: int, **more: Any) -> Process:
        seats = {"share": share, "at_least": at_least}
        return Process.model_validate(
            {"name": "work", "class": recovery_class, "services": services, "seats": seats, **more}
        )

    return {
        "calls": process("R1", ["workplaces", "exchange"], 0.1, 1, telephone=True),
        "counter": process("R1", ["workplaces", "registry"], 0.2, 1, stations=["printer"]),
        "passports": process("R1", ["registry"], 0, 0, own_building=True),
        "filing": process("R3", ["archive", "reports"], 0.5, 2),
    }


_HOSTS = st.lists(
    st.tuples(st.integers(min_value=1, max_value=40), st.sampled_from([2, 8, 33, 64, 250])), min_size=1, max_size=6
)


_WITHOUT = st.sampled_from([(), (), ("reports",), ("reports", "archive")])
_SIZES = st.dictionaries(st.sampled_from(["registry/database", "registry/application"]), st.sampled_from(sorted(SIZES)))
SMALL = st.integers(min_value=1, max_value=4)
LARGE = st.sampled_from([5, 13, 31, 60])
"""How many municipalities."""


@st.composite
def regions(draw: st.DrawFn, size: st.SearchStrategy[int] = SMALL) -> Region:
    """Two sites with hosts from far too small to ample, and up to three partnerships, perhaps all at one site.

    Some municipalities are members, some use what a partnership runs, some are on their own.
    """
    hosts = {site: draw(_HOSTS) for site in ("east", "west")}
    slugs = [f"m{number}" for number in range(draw(size))]
    buildings = [*(f"{site}-office" for site in hosts), *(f"{slug}-hall" for slug in slugs)]
    founded = [f"p{number}" for number in range(draw(st.integers(min_value=0, max_value=3)))]
    homes = {slug: draw(st.sampled_from(sorted(hosts))) for slug in founded}
    belongs = {slug: draw(st.sampled_from([None, *founded])) for slug in slugs}
    partnerships = {
        slug: {
            "home": home,
            "seats": draw(st.integers(min_value=0, max_value=20)),
            "members": [member for member in slugs if belongs[member] == slug],
        }
        for slug, home in homes.items()
        if slug in belongs.values()
    }
    municipalities: dict[str, dict[str, Any]] = {}
    for slug in slugs:
        home = homes.get(str(belongs[slug])) or draw(st.sampled_from(sorted(hosts)))
        seats = draw(st.one_of(st.integers(min_value=1, max_value=40), st.sampled_from([97, 255])))
        municipalities[slug] = {"home": home, "seats": seats, "without": draw(_WITHOUT), "sizes": draw(_SIZES)}
        if belongs[slug] is None:
            municipalities[slug]["relocation"] = draw(st.permutations(buildings).map(lambda order: order[:3]))
            if partnerships and draw(st.booleans()):
                # Whose archive it uses gives it names, too: else nobody would tell it where that runs.
                used = dict.fromkeys(("directory", "archive"), draw(st.sampled_from(sorted(partnerships))))
                municipalities[slug].update({"without": [], "uses": used})
    return build(
        hosts=hosts,
        municipalities=municipalities,
        partnerships=partnerships,
        spare_seats=draw(st.integers(min_value=0, max_value=12)),
        size=draw(st.sampled_from(sorted(SIZES))),
        count=draw(st.integers(min_value=1, max_value=3)),
    )


@st.composite
def situations(draw: st.DrawFn, region: Region) -> Situation:
    """Any situation of the region, staff sent anywhere that is open included."""
    states = {site: draw(st.sampled_from(SiteState)) for site in region.sites}
    closed = draw(st.sets(st.sampled_from(list(region.buildings))))
    still_open = [building for building in region.buildings if building not in closed]
    seats = st.integers(min_value=1, max_value=30)
    orders = st.dictionaries(st.sampled_from(still_open), seats, max_size=2) if still_open else st.just({})
    return situation(
        region,
        lost=[site for site, state in states.items() if state is SiteState.LOST],
        drained=[site for site, state in states.items() if state is SiteState.DRAINED],
        closed={building: draw(orders) for building in sorted(closed)},
        promoted={site: draw(st.sampled_from(sorted(region.sites))) for site in region.sites},
    )
