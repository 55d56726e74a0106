"""Which telephone is logged in with which number, so that every building of every municipality can be called."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.region import Region

_FIRST_TELEPHONE = 100
"""Last number of the address of the telephone of the organisation with network number 0, in every building."""


@dataclass(frozen=True, order=True)
class Desk:
    """A municipality's telephone in a building."""

    municipality: str
    building: str

    def __str__(self) -> str:
        return f"{self.municipality} in {self.building}"


@dataclass(frozen=True, order=True)
class Account:
    """A number, and the telephone that is to be logged in with it."""

    number: str
    """E.164 with the plus."""
    block: str
    """Key of its number block."""
    desk: Desk

    def password(self, secret: str) -> str:
        """The number's password at a call server, as it follows from the secret of the number block there."""
        return hashlib.sha256(f"{secret}:{self.number}".encode()).hexdigest()


def telephone_address(region: Region, desk: Desk) -> ipaddress.IPv4Address:
    """The address of a telephone, in its building's network."""
    place = _FIRST_TELEPHONE + region.organisations[desk.municipality].network_number
    return region.building_network(desk.building)[place]


def accounts(region: Region, numbers: Mapping[str, Mapping[str, Any]]) -> tuple[Account, ...]:
    """One number of each block for each building where the block rings: the first number in the first building, …

    Args:
        region: the region.
        numbers: `Placement.to_dict()["numbers"]`: `rings_at` by `municipality/first number in E.164`.

    Raises:
        UitwijkError: a block has fewer numbers than buildings.
    """
    found = []
    for key, placed in numbers.items():
        municipality, block = key.split("/")
        series = next(b.numbers for b in region.municipalities[municipality].number_blocks if b.key == block)
        if len(placed["rings_at"]) > len(series):
            raise UitwijkError(
                f"{key}: rings in {len(placed['rings_at'])} buildings, and has {len(series)} numbers only: "
                "not every building can be called; widen the block"
            )
        for number, building in zip(series, placed["rings_at"], strict=False):
            found.append(Account(f"+{number}", block, Desk(municipality, building)))
    return tuple(found)
