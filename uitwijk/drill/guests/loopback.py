"""Where the region's addresses are on this computer: one map of the whole plan onto the loopback network.

The plan's `10.a.b.c` is `127.(a + shift).b.c` here; ports stay as they are. Drills that run at the same time have
different shifts, and never meet.
"""

from __future__ import annotations

import errno
import ipaddress
import re
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.region import Region

_STEP = 16
_SHIFTS = range(0, 240, _STEP)
_OUTSIDE = 20
"""Second number of the addresses of hosts outside the region, before the shift."""
_PORT = 20011
"""Of the socket that holds a shift."""
_ADDRESS = re.compile(r"(?<![\d.])(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?!\d|\.\d)")


class Loopback:
    """The map of one drill.

    Args:
        blocks: the /16 networks of the plan; every other address is left as it is.
        shift: what is added to the second number of an address, a multiple of 16.

    Raises:
        UitwijkError: two networks, or one and what is outside, would meet on the loopback network.
    """

    def __init__(self, blocks: Iterable[ipaddress.IPv4Network], shift: int = 0) -> None:
        self.shift = shift
        self.blocks = tuple(blocks)
        places = {_OUTSIDE % _STEP: "what is outside the region"}
        for block in self.blocks:
            second = block.network_address.packed[1]
            other = places.setdefault(second % _STEP, str(block))
            if other != str(block) or block.prefixlen != 16 or not 0 < second < _STEP:
                raise UitwijkError(
                    f"the address block {block} has no place of its own on the loopback network"
                    f"{f' beside {other}' if other != str(block) else ''}: in a drill with living guests, blocks are "
                    f"/16, and their second numbers are from 1 to 15, all different, and not {_OUTSIDE % _STEP}"
                )

    def address(self, address: ipaddress.IPv4Address | str) -> str:
        """Where an address is on this computer; itself, if it is not of the plan."""
        known = ipaddress.IPv4Address(address)
        if not any(known in block for block in self.blocks):
            return str(known)
        _, second, third, fourth = known.packed
        return f"127.{second + self.shift}.{third}.{fourth}"

    def text(self, text: str) -> str:
        """The text with every address of the plan in it replaced, also those of whole networks."""
        return _ADDRESS.sub(self._replacement, text)

    def _replacement(self, found: re.Match[str]) -> str:
        try:
            return self.address(found[0])
        except ipaddress.AddressValueError:
            return found[0]

    def outside(self, number: int) -> str:
        """The address of a host outside the region, e.g. the carrier's.

        Args:
            number: from 1 to 254.
        """
        return f"127.{_OUTSIDE + self.shift}.0.{number}"

    @classmethod
    @contextmanager
    def reserve(cls, region: Region) -> Iterator[Loopback]:
        """A map whose addresses no other drill on this computer uses, as long as the context lasts.

        Raises:
            UitwijkError: all are in use, or the region's plan cannot be mapped.
        """
        blocks = [*(site.address_block for site in region.sites.values()), region.settings.building_addresses]
        for shift in _SHIFTS:
            loopback = cls(blocks, shift)
            with socket.socket() as holder:
                try:
                    holder.bind((f"127.{_OUTSIDE + shift}.255.254", _PORT))
                    holder.listen()
                except OSError as error:
                    if error.errno != errno.EADDRINUSE:
                        raise UitwijkError(
                            f"the loopback network cannot be used for living guests: {error.strerror}"
                        ) from error
                    continue
                yield loopback
                return
        raise UitwijkError(f"{len(_SHIFTS)} drills run on this computer; end one of them")
