"""One service of a guest: started as systemd would, from its unit file."""

from __future__ import annotations

import os
import select
import signal
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from uitwijk.continuity.errors import UitwijkError
from uitwijk.drill.guests.processes import Process
from uitwijk.drill.guests.root import Root
from uitwijk.drill.guests.units import Command, Unit, seconds

_START_SECONDS = 90.0
"""systemd's own patience with a service that starts."""
_STOP_SECONDS = 10.0
_PID_FILE_SECONDS = 30.0


class FailedError(UitwijkError):
    """A unit did not start."""


class Spawner(Protocol):
    """Whoever runs the programs of the guest."""

    def spawn(self, words: Sequence[str], env: Mapping[str, str], output: Path) -> Process:
        """Starts one; `words` are those of the guest, `output` is a file on this computer."""

    def adopt(self, pid: int) -> Process:
        """A process that one of them has left behind."""


class Service:
    """A service unit of one guest.

    Args:
        unit: what it is.
        root: the guest's file system.
        spawner: runs the guest's programs.
        output: file to which its processes write.
        on_death: called with how it ended, if it did so without being stopped.
    """

    def __init__(self, unit: Unit, root: Root, spawner: Spawner, output: Path, on_death: Callable[[str], None]) -> None:
        self.unit = unit
        self.output = output
        self._root = root
        self._spawner = spawner
        self._on_death = on_death
        self._main: Process | None = None
        self._stopping = threading.Event()
        patience = unit.one("TimeoutStartSec")
        self._patience = seconds(patience) if patience not in ("", "infinity") else _START_SECONDS

    @property
    def running(self) -> bool:
        """Whether its main process runs."""
        return self._main is not None and self._main.running

    def start(self) -> None:
        """Starts it, and waits until it says that it has started; of type `oneshot`: until it is done.

        Raises:
            FailedError: it did not start; says how, not why.
            UitwijkError: its unit file asks for something that the drill does not know.
        """
        self._stopping.clear()
        env = self._environment()
        for directory in self.unit.directories:
            user, group = self._ids() if directory.owned else (0, 0)
            self._root.make(directory.path, directory.mode, user, group)
        for command in self.unit.commands("ExecStartPre", env):
            self._run(command, env)
        commands = self.unit.commands("ExecStart", env)
        if self.unit.kind == "oneshot":
            for command in commands:
                self._run(command, env)
            return
        if len(commands) != 1:
            raise FailedError(f"has {len(commands)} commands to start, where there must be one")
        self._start_main(commands[0], env)
        for command in self.unit.commands("ExecStartPost", env):
            self._run(command, env)
        assert self._main is not None, "just started"
        self._main.on_end(self._ended)

    def stop(self) -> None:
        """Asks its main process to end, and kills it if it does not."""
        self._stopping.set()
        if self._main is not None:
            for number in (signal.SIGTERM, signal.SIGKILL):
                self._main.send(number)
                if self._main.wait(_STOP_SECONDS):
                    return

    def _start_main(self, command: Command, env: Mapping[str, str]) -> None:
        kind = self.unit.kind
        if kind in ("simple", "exec", "idle"):
            self._main = self._begin(command, env)
        elif kind in ("notify", "notify-reload"):
            self._main = self._begin_and_be_told(command, env)
        elif kind == "forking":
            self._main = self._begin_and_be_left(command, env)
        else:
            raise FailedError(f"is of the type {kind}, which the drill does not know")

    def _begin_and_be_told(self, command: Command, env: Mapping[str, str]) -> Process:
        path = f"/run/systemd/notify/{self.unit.name}"
        with self._root.socket(path) as told:
            process = self._begin(command, {**env, "NOTIFY_SOCKET": path})
            deadline = time.monotonic() + self._patience
            while (left := deadline - time.monotonic()) > 0:
                if _readable(told, process, left) and b"READY=1" in told.recv(4096).split(b"\n"):
                    return process
                if not process.running:
                    raise FailedError(_ending(process))
        process.send(signal.SIGKILL)
        raise FailedError(f"does not say within {self._patience:g} s that it has started")

    def _begin_and_be_left(self, command: Command, env: Mapping[str, str]) -> Process:
        pid_file = self.unit.one("PIDFile")
        if not pid_file:
            raise FailedError("is of the type forking without a PIDFile, which the drill needs")
        self._root.inside(pid_file).unlink(missing_ok=True)
        self._run(command, env)
        deadline = time.monotonic() + _PID_FILE_SECONDS
        while time.monotonic() < deadline and not self._stopping.is_set():
            place = self._root.inside(pid_file)
            if place.is_file() and (text := place.read_text(encoding="ascii").strip()).isdecimal():
                return self._spawner.adopt(int(text))
            self._stopping.wait(0.02)
        raise FailedError(f"left no process: {pid_file} is not there")

    def _run(self, command: Command, env: Mapping[str, str]) -> None:
        """Runs a command to its end."""
        process = self._begin(command, env)
        if not process.wait(self._patience):
            process.send(signal.SIGKILL)
            raise FailedError(f"{command.words[0]} does not end within {self._patience:g} s")
        if process.code and not command.may_fail:
            raise FailedError(f"{command.words[0]} {_ending(process)}")

    def _begin(self, command: Command, env: Mapping[str, str]) -> Process:
        return self._spawner.spawn([*self._as_whom(command), *command.words], env, self.output)

    def _as_whom(self, command: Command) -> list[str]:
        """setpriv's words, which give up what the unit's account does not have."""
        unit, user = self.unit, self.unit.one("User", "root")
        place = unit.one("WorkingDirectory").removeprefix("-").replace("~", self._root.home(user))
        words = ["/usr/bin/env", "-C", place] if place else []
        if command.as_root:
            return words
        privileges = []
        if user != "root":
            privileges += ["--reuid", user, "--regid", unit.one("Group") or self._root.primary_group(user)]
            privileges += ["--init-groups"]
            keep = ",".join(f"+{capability}" for capability in unit.ambient)
            # With another account everything is lost that is not kept in so many words.
            privileges += ["--inh-caps", keep, "--ambient-caps", keep] if keep else []
        if unit.flag("NoNewPrivileges"):
            privileges.append("--no-new-privs")
        return [*words, "/usr/bin/setpriv", *privileges] if privileges else words

    def _environment(self) -> dict[str, str]:
        env = self.unit.environment(self._root.read)
        user = self.unit.one("User", "root")
        return {"HOME": self._root.home(user), "USER": user, "LOGNAME": user} | env

    def _ids(self) -> tuple[int, int]:
        user = self.unit.one("User", "root")
        return self._root.user(user), self._root.group(self.unit.one("Group") or self._root.primary_group(user))

    def _ended(self) -> None:
        if not self._stopping.is_set() and self._main is not None:
            self._on_death(_ending(self._main))


def _readable(source: socket.socket, process: Process, patience: float) -> bool:
    """Whether something came in at `source` before the process ended."""
    try:
        watched = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return False
    try:
        poll = select.poll()
        poll.register(source, select.POLLIN)
        poll.register(watched, select.POLLIN)
        ready = {number for number, _ in poll.poll(patience * 1000)}
    finally:
        os.close(watched)
    if ready == {watched}:
        process.wait()
    return source.fileno() in ready


def _ending(process: Process) -> str:
    if process.code < 0:
        return f"was killed by {signal.Signals(-process.code).name}"
    return f"ended with exit code {process.code}"
