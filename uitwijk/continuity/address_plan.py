"""The address plan: which network and which address everything of a region has, at every site."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from uitwijk.continuity.draft import Described
from uitwijk.continuity.settings import Settings

_FIRST_STATION = 10
"""Host part of the address of a building's first station; the next stations follow."""


@dataclass(frozen=True, eq=False, kw_only=True)
class AddressPlan(Described):
    """Networks of organisations and buildings. Where a machine is in them, `Standing` knows."""

    settings: Settings

    def subnet(self, site: str, organisation: str, network: str) -> IPv4Network:
        """The /24 of an organisation's network of one kind at a site; its first address is the gateway's."""
        third = self.organisations[organisation].network_number * 8 + self.settings.networks[network].number
        block = self.sites[site].address_block.network_address
        return IPv4Network((int(block) + third * 256, 24))

    def building_network(self, building: str) -> IPv4Network:
        """The /24 of a building, where telephones and seats are; its first address is the gateway's."""
        block = self.settings.building_addresses.network_address
        return IPv4Network((int(block) + self.buildings[building].network_number * 256, 24))

    def station_address(self, building: str, station: str) -> IPv4Address:
        """The address of what processes need in a building's rooms; it never moves."""
        place = self.buildings[building].stations.index(station)
        return self.building_network(building)[_FIRST_STATION + place]

    def station_name(self, building: str, station: str) -> str:
        """The fully qualified name of a station: it carries its building."""
        return f"{station}.{building}.{self.settings.domain}"
