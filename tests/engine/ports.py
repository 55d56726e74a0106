"""Ports for what a test starts later, which nobody takes in the meantime."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

_PORTS = range(20_000, 32_000)
"""Below those that a kernel gives to connections of its own accord (Linux: from 32,768 on)."""


@contextmanager
def neighbouring_ports(count: int) -> Iterator[int]:
    """The first of `count` ports on 127.0.0.1 on which nobody listens, and which no other test is given meanwhile."""
    for number in range(len(_PORTS) // count):
        # Each process begins elsewhere, so that they seldom meet.
        first = _PORTS[(os.getpid() * 64 + number * count) % (len(_PORTS) - count)]
        ports = range(first, first + count)
        with ExitStack() as held:
            # At another address, for at 127.0.0.1 the test's own server will listen.
            if all(_bound(held, "127.0.0.2", port) for port in ports) and all(map(_free, ports)):
                yield first
                return
    raise OSError(f"no {count} neighbouring ports are free in {_PORTS}")


def _bound(held: ExitStack, address: str, port: int) -> bool:
    taken = held.enter_context(socket.socket())
    try:
        taken.bind((address, port))
    except OSError:
        return False
    return True


def _free(port: int) -> bool:
    with ExitStack() as briefly:
        return _bound(briefly, "127.0.0.1", port)
