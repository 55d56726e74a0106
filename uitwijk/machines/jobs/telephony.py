"""The machines of telephony: call servers, where telephones log in, and border controllers, before the carrier."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from uitwijk.continuity.catalogue import Kind
from uitwijk.continuity.numbers import NumberBlock
from uitwijk.continuity.region import Region, Workload
from uitwijk.continuity.standing import Endpoint, Standing, reached_from
from uitwijk.machines.jobs.job import File, Job, render

CARRIER = "carrier"
"""Name of the carrier's password among the secrets of a border controller."""
_OUTSIDE = 1
"""Kamailio's number of the set of destinations for calls to the outside."""


_ADDRESS = re.compile(r"([A-Z]{2}), ([^,]+), ([^,]+), (.+)")
_BOUNDARY = "end-of-part"
"""Between the parts of a body with a location."""
_Destinations = tuple[int, Sequence[Endpoint | str]]
"""Number of a set, and where its calls may go, first choice first."""


@dataclass(frozen=True)
class _Exchange:
    """A municipality's exchange as a border controller knows it."""

    set: int
    """Kamailio's number of its set of destinations."""
    numbers: str
    """Pattern of its numbers."""
    call_servers: Sequence[Endpoint]


def is_exchange(region: Region, workload: Workload) -> bool:
    """Whether it serves a municipality's numbers, and hands outside calls to others: the border controllers."""
    return bool(_trunks(region, workload))


def telephony_job(here: Standing, secrets: Mapping[str, str]) -> Job:
    """Configures a call server (secrets: by key of its number blocks) or a border controller (secrets: `CARRIER`)."""
    if is_exchange(here.region, here.workload):
        trunks = [end for trunk in _trunks(here.region, here.workload) for end in _ends(here, trunk)]
        return _kamailio(_call_server(here, secrets), [(_OUTSIDE, trunks)])
    exchanges = _exchanges(here)
    sets: list[_Destinations] = [
        (_OUTSIDE, [here.region.settings.carrier]),
        *((exchange.set, exchange.call_servers) for exchange in exchanges),
    ]
    return _kamailio(_border_controller(here, exchanges, secrets[CARRIER]), sets)


def pattern(blocks: Sequence[NumberBlock]) -> str:
    """A regular expression for exactly the numbers of the blocks, in E.164 with or without the plus."""
    choices = [choice for block in blocks for choice in _ranges(block.numbers.start, block.numbers.stop - 1)]
    return rf"^\+?({'|'.join(choices)})$"


def _ranges(first: int, last: int) -> list[str]:
    """Patterns that together match the whole numbers from `first` to `last`, which have equally many digits."""
    found = []
    while first <= last:
        free = 0
        while first % 10 ** (free + 1) == 0 and first + 10 ** (free + 1) - 1 <= last:
            free += 1
        fixed = str(first)[: len(str(first)) - free]
        found.append(f"{fixed}[0-9]{{{free}}}" if free else fixed)
        first += 10**free
    return found


def civic_address(location: str) -> str:
    """The elements of a civic address in PIDF-LO (RFC 5139): country, province, place, and where in it.

    Args:
        location: what the catalogue says of a building, e.g. `NL, Fryslân, Balk, town hall, main entrance`; if it has
            not these parts, all of it is where.
    """
    country, province, place, where = ("", "", "", location)
    if found := _ADDRESS.fullmatch(location):
        country, province, place, where = found.groups()
    parts = {"country": country, "A1": province, "A3": place, "LOC": where}
    return "".join(f"<ca:{name}>{escape(text)}</ca:{name}>" for name, text in parts.items() if text)


def _trunks(region: Region, workload: Workload) -> list[Workload]:
    needed = (region.workloads[key] for key in workload.depends_on)
    return [other for other in needed if region.services[other.service].kind is Kind.TELEPHONY]


def _ends(here: Standing, workload: Workload) -> tuple[Endpoint, ...]:
    return tuple(each.endpoint for each in reached_from(here.region, here.site, workload))


def _exchanges(here: Standing) -> list[_Exchange]:
    region = here.region
    # Numbered by the place in the address plan, which is never reused: a new municipality renumbers nobody.
    return [
        _Exchange(
            set=_OUTSIDE + 1 + municipality.network_number,
            numbers=pattern(municipality.number_blocks),
            call_servers=_ends(here, region.workloads[exchange]),
        )
        for slug, municipality in region.municipalities.items()
        if (exchange := region.exchange(slug)) and here.workload.key in region.workloads[exchange].depends_on
    ]


def _call_server(here: Standing, secrets: Mapping[str, str]) -> str:
    region = here.region
    blocks = region.municipalities[here.machine.organisation].number_blocks
    return render(
        "call-server.cfg",
        organisation=here.machine.organisation,
        site=here.site,
        address=here.address.ip,
        port=here.role.port,
        realm=region.settings.domain,
        boundary=_BOUNDARY,
        numbers=pattern(blocks),
        blocks=[{"numbers": pattern([block]), "secret": secrets[block.key]} for block in blocks],
        buildings=[
            {
                "slug": slug,
                "network": region.building_network(slug),
                "address": civic_address(building.emergency_location),
            }
            for slug, building in region.buildings.items()
        ],
    )


def _border_controller(here: Standing, exchanges: Sequence[_Exchange], password: str) -> str:
    return render(
        "border-controller.cfg",
        organisation=here.machine.organisation,
        site=here.site,
        address=here.address.ip,
        port=here.role.port,
        carrier=here.region.settings.carrier,
        carrier_password=password,
        exchanges=exchanges,
    )


def _kamailio(configuration: str, sets: Sequence[_Destinations]) -> Job:
    destinations = render("dispatcher.list", sets=sets)
    return Job(
        files=[
            File(path="/etc/kamailio/kamailio.cfg", content=configuration, permissions="0640", owner="root:kamailio"),
            File(path="/etc/kamailio/dispatcher.list", content=destinations),
        ],
        commands=["systemctl restart kamailio"],
    )
