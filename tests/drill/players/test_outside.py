"""The internet's name server knows the carrier, and tells of nothing else."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import dns.message
import dns.query
import dns.rcode
import pytest

from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.region import Region
from uitwijk.drill.guests.loopback import Loopback
from uitwijk.drill.guests.template import Template
from uitwijk.drill.players.outside import Outside
from uitwijk.drill.players.resolver import ask


@pytest.fixture
def outside(tmp_path: Path, region: Region, loopback: Loopback, template: Template) -> Iterator[Outside]:
    """It runs."""
    with Outside(tmp_path / "outside", region, loopback, template) as running:
        yield running


def test_the_carrier_is_known_at_every_gateway_of_a_name_server(
    region: Region, loopback: Loopback, outside: Outside
) -> None:
    gateways = {
        loopback.address(region.subnet(site, organisation, "servers")[1])
        for site in region.sites
        for organisation in ("kust", "zandermeer")
    }
    assert set(outside.addresses) == gateways
    for gateway in gateways:
        assert ask(gateway, "sip.draad.example").address == loopback.outside(10)


@pytest.mark.parametrize("name", ["www.example.org", "kustland.example", "carrier.example"])
def test_nothing_else_is_told(outside: Outside, name: str) -> None:
    response = dns.query.udp(dns.message.make_query(name, "A"), outside.addresses[0], timeout=5)
    assert (response.rcode(), response.answer) == (dns.rcode.REFUSED, [])


def test_it_ends_with_the_drill(tmp_path: Path, region: Region, loopback: Loopback, template: Template) -> None:
    with Outside(tmp_path, region, loopback, template) as outside:
        address = outside.addresses[0]
    assert not ask(address, "sip.draad.example").heard


def test_a_gateway_whose_port_is_taken_is_named_with_the_servers_own_words(
    tmp_path: Path, region: Region, loopback: Loopback, template: Template
) -> None:
    outside = Outside(tmp_path, region, loopback, template)
    taken = outside.addresses[0]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((taken, 53))
        with pytest.raises(UitwijkError) as error, outside:
            pass
    assert f"does not answer at {taken}" in str(error.value)
    assert "address already in use" in str(error.value)
