"""The internet as far as the region needs it: a name server that knows the carrier, and citizens."""

from __future__ import annotations

import contextlib
import subprocess
import time
from pathlib import Path

from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.region import Region
from uitwijk.drill.guests.loopback import Loopback
from uitwijk.drill.guests.template import Template
from uitwijk.drill.players.resolver import ask, name_servers
from uitwijk.running import children

CARRIER = 10
"""Number of the carrier's host among those outside the region."""
CITIZEN = 20
"""Number of a citizen's computer among those outside the region."""
_READY_SECONDS = 15
_PAUSE_SECONDS = 0.05

_CONFIGURATION = """\
server:
  listen: [ {listen} ]
  rundir: "/proc/self/cwd"
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
database:
  storage: "{folder}"
log:
  - target: stderr
    any: info
zone:
  - domain: {carrier}
    file: "{folder}/carrier.zone"
    zonefile-sync: -1
    journal-content: none
"""
_ZONE = """\
$TTL 60
@ SOA {carrier}. hostmaster.{carrier}. 1 3600 600 604800 60
@ NS {carrier}.
@ A {address}
"""


class Outside:
    """The internet's name server, at every gateway that a region's name server asks for names outside the region.

    It answers for the carrier alone, and refuses to tell of anything else.

    Args:
        folder: gets its configuration and its log.
    """

    def __init__(self, folder: Path, region: Region, loopback: Loopback, template: Template) -> None:
        self._folder = folder
        self._carrier = region.settings.carrier
        self._address = loopback.outside(CARRIER)
        self._template = template
        self._process: subprocess.Popen[str] | None = None
        self.addresses = tuple(dict.fromkeys(server.gateway for server in name_servers(region, loopback)))
        """Where it listens."""

    @property
    def log(self) -> Path:
        """What it says."""
        return self._folder / "knotd.log"

    def __enter__(self) -> Outside:
        """Starts it. Call it from the main thread: the child dies with the thread that started it.

        Raises:
            UitwijkError: when it does not answer, with its own last words.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        zone = _ZONE.format(carrier=self._carrier, address=self._address)
        (self._folder / "carrier.zone").write_text(zone, encoding="utf-8")
        listen = ", ".join(f'"{address}@53"' for address in self.addresses)
        configuration = self._folder / "knot.conf"
        configuration.write_text(
            _CONFIGURATION.format(listen=listen, folder=self._folder.resolve(), carrier=self._carrier), encoding="utf-8"
        )
        with self.log.open("w", encoding="utf-8") as output:
            self._process = children.start(
                self._template.program("knotd", "-c", str(configuration.resolve())),
                env={},
                # Where its control socket is made, by a short name: the path of a socket has little room.
                cwd=self._folder,
                stdout=output,
                stderr=output,
            )
        try:
            self._await_answers()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            children.stop(self._process, patience_seconds=5)

    def _await_answers(self) -> None:
        assert self._process is not None, "started"
        deadline = time.monotonic() + _READY_SECONDS
        while silent := [a for a in self.addresses if ask(a, self._carrier).address != self._address]:
            if self._process.poll() is not None or time.monotonic() > deadline:
                words = self.log.read_text(encoding="utf-8").strip().splitlines()
                last = next((line for line in reversed(words) if " error: " in line), words[-1] if words else "")
                raise UitwijkError(
                    f"the internet's name server does not answer at {', '.join(silent)}: "
                    f"{last or 'it says nothing'} (log: {self.log})"
                )
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_PAUSE_SECONDS)


def citizen(loopback: Loopback) -> str:
    """The address of a citizen's computer."""
    return loopback.outside(CITIZEN)
