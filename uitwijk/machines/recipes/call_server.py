"""A municipality's call server: telephones log in with its numbers, ring, and call out (Kamailio)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.sax.saxutils import escape

from uitwijk.continuity.standing import Standing
from uitwijk.machines.job import Job, render
from uitwijk.machines.recipes.kamailio import OUTSIDE, endpoints, kamailio, pattern

_ADDRESS = re.compile(r"([A-Z]{2}), ([^,]+), ([^,]+), (.+)")
_BOUNDARY = "end-of-part"
"""Between the parts of a body with a location."""


def job(here: Standing, secrets: Mapping[str, str]) -> Job:
    """Numbers and buildings are the region's; calls to the outside go to the border controllers of all sites.

    Args:
        secrets: of each number block, by its key: the passwords of its numbers follow from it.
    """
    trunks = endpoints(here.region, here.site, here.region.trunks(here.machine.organisation))
    return kamailio(_configuration(here, secrets), [(OUTSIDE, trunks)])


def _configuration(here: Standing, secrets: Mapping[str, str]) -> str:
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


def civic_address(location: str) -> str:
    """The elements of a civic address in PIDF-LO (RFC 5139): country, province, place, and where in it.

    Args:
        location: what the catalogue says of a building, e.g. `NL, Province, Place, town hall, main entrance`; if it has
            not these parts, all of it is where.
    """
    country, province, place, where = ("", "", "", location)
    if found := _ADDRESS.fullmatch(location):
        country, province, place, where = found.groups()
    parts = {"country": country, "A1": province, "A3": place, "LOC": where}
    return "".join(f"<ca:{name}>{escape(text)}</ca:{name}>" for name, text in parts.items() if text)
