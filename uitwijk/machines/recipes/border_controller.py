"""A border controller: between the carrier and the exchanges that reach it by this one (Kamailio)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from uitwijk.continuity.secrets import CARRIER_PASSWORD
from uitwijk.continuity.standing import Endpoint, Standing
from uitwijk.machines.job import Job, render
from uitwijk.machines.recipes.kamailio import OUTSIDE, Destinations, endpoints, kamailio, pattern


@dataclass(frozen=True)
class _Exchange:
    """A municipality's exchange as a border controller knows it."""

    set: int
    """Kamailio's number of its set of destinations."""
    numbers: str
    """Pattern of its numbers."""
    call_servers: Sequence[Endpoint]


def job(here: Standing, secrets: Mapping[str, str]) -> Job:
    """Calls from outside go to the call servers of the number, those from inside to the carrier."""
    exchanges = _exchanges(here)
    sets: list[Destinations] = [
        (OUTSIDE, [here.region.settings.carrier]),
        *((exchange.set, exchange.call_servers) for exchange in exchanges),
    ]
    return kamailio(_configuration(here, exchanges, secrets[CARRIER_PASSWORD]), sets)


def _exchanges(here: Standing) -> list[_Exchange]:
    # Numbered by the place in the address plan, which is never reused: a new municipality renumbers nobody.
    region = here.region
    return [
        _Exchange(
            set=OUTSIDE + 1 + municipality.network_number,
            numbers=pattern(municipality.number_blocks),
            call_servers=endpoints(region, here.site, [exchange]),
        )
        for slug, municipality in region.municipalities.items()
        if (exchange := region.exchange(slug)) and here.workload.key in region.trunks(slug)
    ]


def _configuration(here: Standing, exchanges: Sequence[_Exchange], password: str) -> str:
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
