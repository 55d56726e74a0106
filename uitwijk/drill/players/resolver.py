"""Names as a seat in a building resolves them: the region's own name servers, one after the other, and no cache."""

from __future__ import annotations

import socket
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import dns.exception
import dns.message
import dns.rdatatype

from uitwijk.continuity import standing as model
from uitwijk.continuity.region import Region
from uitwijk.drill.guests.loopback import Loopback

PORT = 53
"""Where name servers listen for everybody who resolves names."""
PATIENCE_SECONDS = 1.0
"""For one server; then the next is asked."""


@dataclass(frozen=True)
class NameServer:
    """A name server of an organisation at one site."""

    organisation: str
    site: str
    name: str
    """Fully qualified."""
    address: str
    """On this computer."""
    gateway: str
    """On this computer: the first address of its network, which it asks for every name outside the region."""


@dataclass(frozen=True)
class Answer:
    """What one server told of a name."""

    heard: bool
    """Whether it answered at all."""
    address: str | None = None
    ttl: int | None = None
    """Seconds for which others may remember the address."""


def name_servers(
    region: Region, loopback: Loopback, organisations: Collection[str] | None = None
) -> tuple[NameServer, ...]:
    """The name servers at every site, the organisation's home first.

    Args:
        organisations: whose machines and seats ask them; None: everybody's.
    """
    asking = region.organisations if organisations is None else organisations
    found: dict[str, NameServer] = {}
    for organisation in asking:
        for standing in model.name_servers(region, region.home(organisation), organisation):
            server = NameServer(
                organisation=standing.machine.organisation,
                site=standing.site,
                name=standing.name,
                address=loopback.address(standing.address.ip),
                gateway=loopback.address(standing.gateway),
            )
            found.setdefault(server.address, server)
    return tuple(found.values())


def ask(server: str, name: str, *, source: str | None = None) -> Answer:
    """Asks one server for the address of a name.

    Args:
        server: its address.
        name: fully qualified.
        source: the address to ask from.
    """
    query = dns.message.make_query(name, dns.rdatatype.A)
    until = time.monotonic() + PATIENCE_SECONDS
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            if source is not None:
                sock.bind((source, 0))
            # Connected, so that the refusal of a computer that is there without a name server is noticed at once.
            sock.connect((server, PORT))
            sock.send(query.to_wire())
            while (left := until - time.monotonic()) > 0:
                sock.settimeout(left)
                response = dns.message.from_wire(sock.recv(65535))
                if query.is_response(response):
                    return _told(response)
        except (OSError, dns.exception.DNSException):
            pass
    return Answer(heard=False)


def _told(response: dns.message.Message) -> Answer:
    for records in response.answer:
        if records.rdtype == dns.rdatatype.A:
            return Answer(heard=True, address=str(records[0]), ttl=records.ttl)
    return Answer(heard=True)


class Resolver:
    """Resolves names for one who sits somewhere.

    Args:
        servers: asked in this order; the first that answers is believed, as resolvers do.
        source: the address to ask from.
    """

    def __init__(self, servers: Sequence[NameServer], source: str) -> None:
        self._servers = servers
        self._source = source

    def address(self, name: str) -> str | None:
        """The address of a name; None when it has none, or when no server answers."""
        for server in self._servers:
            answer = ask(server.address, name, source=self._source)
            if answer.heard:
                return answer.address
        return None
