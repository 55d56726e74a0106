"""Where the telephones of each municipality log in and call: its call servers at every site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from uitwijk.continuity.region import Region
from uitwijk.continuity.standing import reached_from
from uitwijk.drill.guests.loopback import Loopback
from uitwijk.drill.players.resolver import Resolver, name_servers
from uitwijk.drill.players.telephony.desks import Desk, telephone_address


@dataclass(frozen=True)
class CallServer:
    """A call server of a municipality."""

    municipality: str
    site: str
    name: str
    """Fully qualified."""


class CallServers:
    """Finds them as a telephone does: by name, at the name servers of its municipality, from its own address."""

    def __init__(self, region: Region, loopback: Loopback) -> None:
        self._region = region
        self._loopback = loopback
        self._of: dict[str, tuple[CallServer, ...]] = {slug: self._find(slug) for slug in region.municipalities}

    @property
    def of(self) -> Mapping[str, tuple[CallServer, ...]]:
        """The call servers of each municipality, those of its home site first."""
        return self._of

    def telephone(self, desk: Desk) -> str:
        """The address of a telephone on this computer."""
        return self._loopback.address(telephone_address(self._region, desk))

    def address(self, server: CallServer, desk: Desk) -> str | None:
        """Where a telephone finds a call server; None: no name server tells."""
        servers = name_servers(self._region, self._loopback, [desk.municipality])
        return Resolver(servers, self.telephone(desk)).address(server.name)

    def _find(self, municipality: str) -> tuple[CallServer, ...]:
        key = self._region.exchange(municipality)
        if key is None:
            return ()
        workload = self._region.workloads[key]
        return tuple(
            CallServer(municipality, standing.site, standing.name)
            for standing in reached_from(self._region, self._region.home(municipality), workload)
        )
