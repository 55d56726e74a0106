"""sipp, Debian's SIP test tool: it plays every telephone, the carrier, and whoever calls."""

from __future__ import annotations

import contextlib
import errno
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jinja2

from uitwijk.continuity.errors import UitwijkError
from uitwijk.drill.guests.template import Template
from uitwijk.drill.players.telephony.events import END, Event, read_events
from uitwijk.files import write_private
from uitwijk.running import children

PORT = 5060
"""Where SIP listens."""
FIRST_REPLY_SECONDS = 1.0
"""How long whoever sends a request waits for any reply at all; then the other end counts as dead."""
_READY_SECONDS = 10
_CALLS_A_SECOND = 100
_SOCKETS = 1000
"""Without a limit of its own, sipp asks for more sockets than most systems allow."""
_OF_CALLS = (0, 1)
"""Exit codes that speak of calls; all others are about sipp itself."""

_scenarios = jinja2.Environment(
    loader=jinja2.PackageLoader(__name__.rpartition(".")[0], "scenarios"),
    undefined=jinja2.StrictUndefined,
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


class Playing:
    """A scenario that sipp plays, until it is over or stopped.

    Args:
        process: sipp's.
        folder: with the scenario's files; it is thrown away in the end.
        token: begins the name of every call that it makes.
        port: of its own address.
    """

    def __init__(
        self, process: subprocess.Popen[str], folder: tempfile.TemporaryDirectory[str], token: str, port: int
    ) -> None:
        self.process = process
        self.port = port
        self.retired = False
        self._folder = folder
        self._token = token

    def call_id(self, row: int) -> str:
        """The Call-ID of the call that was made with the n-th row, from 0."""
        return f"{self._token}-{row + 1}"

    @property
    def events(self) -> list[Event]:
        """What has happened so far, oldest first."""
        return read_events(Path(self._folder.name) / "log")

    def wait(self, seconds: float) -> None:
        """Waits until it is over; after that time it is stopped.

        Raises:
            UitwijkError: sipp could not play, in its own words.
        """
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        if self.process.poll() is None:
            children.stop(self.process, patience_seconds=1)
        elif self.process.returncode not in _OF_CALLS:
            raise UitwijkError(f"sipp cannot play: {self.words}")

    @property
    def words(self) -> str:
        """Its own last words."""
        file = Path(self._folder.name) / "errors"
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines() if file.exists() else []
        # The first line only says that something follows.
        return lines[1].rpartition("\t")[-1] if len(lines) > 1 else f"exit code {self.process.returncode}"

    def retire(self) -> None:
        """Takes no new calls, and ends with the last one."""
        self.retired = True
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGUSR1)

    def close(self) -> None:
        """Ends it at once, without a word to anybody, and throws away all that it wrote."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()
        self._folder.cleanup()


class Sipp:
    """Starts sipp.

    Everything that it reads and writes, passwords among it, lies in private folders that are thrown away.

    Args:
        folder: an existing one, for private folders.
        template: the Debian root with sipp in it.
    """

    def __init__(self, folder: Path, template: Template) -> None:
        self._folder = folder
        self._template = template
        # A child dies with the thread that started it, and whoever calls here may be a thread that soon ends.
        self._starter = ThreadPoolExecutor(1, "sipp")

    def close(self) -> None:
        """No more is started."""
        self._starter.shutdown()

    def listen(self, scenario: str, address: str, **values: Any) -> Playing:
        """Plays a scenario that waits for calls at an address, port 5060.

        Raises:
            UitwijkError: the port is taken, or sipp cannot play.
        """
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind((address, PORT))
            except OSError as error:
                what = "port taken" if error.errno == errno.EADDRINUSE else error.strerror
                raise UitwijkError(f"{what}: {address}:{PORT} (UDP), where a {scenario} is to be; free it") from error
        playing = self._play(scenario, address, PORT, [], values)
        deadline = time.monotonic() + _READY_SECONDS
        while not _bound(address, PORT):
            if playing.process.poll() is not None or time.monotonic() > deadline:
                words = playing.words
                playing.close()
                raise UitwijkError(f"{scenario} at {address}:{PORT} does not start: {words}")
            time.sleep(0.01)
        return playing

    def call(
        self,
        scenario: str,
        source: str,
        target: str,
        rows: Sequence[Sequence[str]],
        *,
        each_from_its_own: bool = False,
        **values: Any,
    ) -> Playing:
        """Plays a scenario that calls port 5060 of an address, once for each row.

        Args:
            scenario: its name.
            source: address to call from.
            target: address to call.
            rows: the fields of each call. Passwords are here, never in the command line.
            each_from_its_own: whether the first field of each row is the address to call from.
            values: what the scenario further wants to know.
        """
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind((source, 0))
            port: int = probe.getsockname()[1]
        options = [f"{target}:{PORT}"]
        if each_from_its_own:
            options += ["-t", "ui", "-ip_field", "0"]
        options += ["-m", str(len(rows)), "-l", str(len(rows)), "-r", str(_CALLS_A_SECOND)]
        return self._play(scenario, source, port, options, values, rows)

    def _play(
        self,
        scenario: str,
        address: str,
        port: int,
        options: Sequence[str],
        values: Mapping[str, Any],
        rows: Sequence[Sequence[str]] = (),
    ) -> Playing:
        folder = tempfile.TemporaryDirectory(prefix=f"{scenario}-", dir=self._folder)
        place = Path(folder.name)
        text = _scenarios.get_template(f"{scenario}.xml.j2").render(
            first_reply=round(FIRST_REPLY_SECONDS * 1000), end=END, **values
        )
        write_private(place / "scenario.xml", text)
        arguments = ["-sf", "scenario.xml", "-i", address, "-p", str(port), "-ci", address]
        if rows:
            write_private(place / "rows.csv", "".join(f"{';'.join(row)}\n" for row in (("SEQUENTIAL",), *rows)))
            arguments += ["-inf", "rows.csv"]
        token = f"{scenario}-{secrets.token_hex(6)}"
        arguments += [
            "-cid_str",
            f"{token}-%u",
            "-trace_logs",
            "-log_file",
            "log",
            "-trace_err",
            "-error_file",
            "errors",
        ]
        command = self._template.program("sipp", *options, *arguments, "-nostdin", "-max_socket", str(_SOCKETS))
        process = self._starter.submit(children.start, command, env={"TERM": "dumb"}, cwd=place).result()
        return Playing(process, folder, token, port)


def credentials(user: str, password: str) -> str:
    """A field of a row with which sipp answers when it is asked who it is."""
    return f"[authentication username={user} password={password}]"


def _bound(address: str, port: int) -> bool:
    """Whether some process listens there."""
    wanted = f"{int.from_bytes(socket.inet_aton(address), sys.byteorder):08X}:{port:04X}"
    lines = Path("/proc/net/udp").read_text(encoding="ascii").splitlines()[1:]
    return any(line.split()[1] == wanted for line in lines)
