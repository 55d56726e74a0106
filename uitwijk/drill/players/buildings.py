"""What stands in a building beside desks: a printer with its queue, and the stations that work needs in the room."""

from __future__ import annotations

import contextlib
import hashlib
import os
import selectors
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from uitwijk import utc
from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.region import Region
from uitwijk.drill.guests.loopback import Loopback

PORT = 9100
"""Where printers take raw documents (IANA: pdl-datastream), and where the other stations answer, too."""
_PATIENCE_SECONDS = 5.0


@dataclass(frozen=True)
class Printed:
    """A document in a building's print queue."""

    building: str
    at: str
    """When it had arrived whole: UTC, RFC 3339."""
    size: int
    """Bytes."""
    sha256: str
    file: Path


@dataclass(frozen=True)
class _Station:
    building: str
    kind: str
    listener: socket.socket


def says(kind: str, building: str) -> str:
    """The line with which a station answers."""
    return f"{kind} {building}"


class Buildings:
    """The stations of all buildings, each at its own address, until closed.

    Those at which the region prints keep what they are sent; every other one says what and where it is.

    Args:
        folder: gets a folder for the print queue of each building.
    """

    def __init__(self, folder: Path, region: Region, loopback: Loopback) -> None:
        self._folder = folder
        self._region = region
        self._loopback = loopback
        self._stations: dict[tuple[str, str], _Station] = {}
        self._queues: dict[str, list[Printed]] = {building: [] for building in region.buildings}
        self._changed = threading.Condition()
        self._selector = selectors.DefaultSelector()
        self._wake, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, name="buildings", daemon=True)

    def __enter__(self) -> Buildings:
        """Opens every building.

        Raises:
            UitwijkError: when an address is taken.
        """
        self._selector.register(self._woken, selectors.EVENT_READ)
        try:
            for building in self._region.buildings:
                self.open(building)
        except BaseException:
            self._let_go()
            raise
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._wake.send(b"end")
        self._thread.join()
        self._let_go()

    def open(self, building: str) -> None:
        """Its stations answer; without effect when they do.

        Raises:
            UitwijkError: when an address is taken.
        """
        for kind in sorted(self._region.buildings[building].stations):
            if (building, kind) in self._stations:
                continue
            address = self._loopback.address(self._region.station_address(building, kind))
            try:
                listener = socket.create_server((address, PORT))
            except OSError as error:
                raise UitwijkError(
                    f"{kind} of {building}: cannot listen at {address}:{PORT}: "
                    f"{os.strerror(error.errno or 0)}; stop what uses it"
                ) from error
            listener.setblocking(False)
            station = _Station(building, kind, listener)
            self._stations[building, kind] = station
            self._selector.register(listener, selectors.EVENT_READ, station)

    def close(self, building: str) -> None:
        """Nothing in the building answers any more; what was printed stays in its queue."""
        for key in [key for key in self._stations if key[0] == building]:
            station = self._stations.pop(key)
            self._selector.unregister(station.listener)
            station.listener.close()

    @property
    def queues(self) -> Mapping[str, tuple[Printed, ...]]:
        """What was printed in each building, oldest first."""
        with self._changed:
            return {building: tuple(queue) for building, queue in self._queues.items()}

    def printed(self, sha256: str, within_seconds: float = 2.0) -> tuple[Printed, ...]:
        """Every print of one document; waits until there is one, for printers store what has arrived whole."""

        def prints() -> tuple[Printed, ...]:
            return tuple(item for queue in self._queues.values() for item in queue if item.sha256 == sha256)

        with self._changed:
            self._changed.wait_for(prints, within_seconds)
            return prints()

    def _let_go(self) -> None:
        for building in self._region.buildings:
            self.close(building)
        self._selector.close()
        self._wake.close()
        self._woken.close()

    def _serve(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._woken:
                    return
                # The building may have closed in the meantime.
                with contextlib.suppress(OSError):
                    visitor, _ = key.data.listener.accept()
                    threading.Thread(target=self._receive, args=(key.data, visitor), daemon=True).start()

    def _receive(self, station: _Station, visitor: socket.socket) -> None:
        with visitor, contextlib.suppress(OSError):
            visitor.settimeout(_PATIENCE_SECONDS)
            if station.kind in self._region.printers:
                parts = []
                while part := visitor.recv(65536):
                    parts.append(part)
                if parts:
                    self._keep(station.building, b"".join(parts))
            else:
                visitor.sendall(f"{says(station.kind, station.building)}\n".encode())

    def _keep(self, building: str, document: bytes) -> None:
        sha256 = hashlib.sha256(document).hexdigest()
        queue = self._folder / building
        queue.mkdir(parents=True, exist_ok=True)
        with self._changed:
            file = queue / f"{len(self._queues[building]) + 1:04}.pdf"
            file.write_bytes(document)
            self._queues[building].append(Printed(building, utc.stamp(), len(document), sha256, file))
            self._changed.notify_all()


def visit(address: str, source: str) -> str | None:
    """The line with which the station at an address answers somebody at `source`; None: it does not answer.

    Args:
        address: the station's, on this computer.
        source: the visitor's seat, on this computer.
    """
    until = time.monotonic() + _PATIENCE_SECONDS
    heard = b""
    try:
        with socket.create_connection((address, PORT), _PATIENCE_SECONDS, (source, 0)) as connection:
            while not heard.endswith(b"\n") and (left := until - time.monotonic()) > 0:
                connection.settimeout(left)
                part = connection.recv(4096)
                if not part:
                    break
                heard += part
    except OSError:
        return None
    return heard.decode(errors="replace").strip() or None
