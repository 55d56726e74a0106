"""One living guest: what cloud-init and systemd would make of a machine's data, as real processes in a root of its own.

It needs the privileges of root and a mount namespace of its own; `uitwijk.drill.guests.guests` gives it both.
"""

from __future__ import annotations

import shlex
import shutil
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from uitwijk.continuity.errors import UitwijkError
from uitwijk.drill.guests import cloud_config
from uitwijk.drill.guests.cloud_config import Plan
from uitwijk.drill.guests.journal import Journal, Log, last_words
from uitwijk.drill.guests.loopback import Loopback
from uitwijk.drill.guests.manager import Manager, NoSuchUnitError, OverError
from uitwijk.drill.guests.processes import Process, Processes, kill_below
from uitwijk.drill.guests.root import Root
from uitwijk.drill.guests.template import Template
from uitwijk.drill.guests.timers import Timers

_NOT_FOUND = 127
"""Exit code of a shell that does not find a program."""
_SHELL = frozenset(";&|<>()$`*?~\n")
"""What only a shell understands."""
_COMMAND_SECONDS = 90.0
_ENV = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "HOME": "/root"}


@dataclass(frozen=True)
class GuestInputs:
    """What vCenter says of a machine."""

    name: str
    user_data: str
    meta_data: str
    disks: tuple[Path, ...]
    """Folders that are its data disks, in the order of the disks."""


@dataclass(frozen=True)
class Ground:
    """What all guests stand on."""

    template: Template
    loopback: Loopback
    processes: Processes
    journal: Journal
    timers: Timers


@dataclass(frozen=True)
class Telling:
    """Whom a guest tells what happens to it. Called from several threads."""

    living: Callable[[], None]
    """Its commands went through, and everything that they started runs."""
    trouble: Callable[[str, str, str], None]
    """Unit, what happened to it, and its own words."""
    skipped: Callable[[str, str], None]
    """A command or a part of the user data that is not carried out, and why."""


class Guest:
    """One machine.

    Args:
        machine: what it is told.
        ground: what it stands on.
        folder: its own file system; what it changes stays as long as the folder does.
        logs: folder for what its programs say.
        telling: told what happens.
    """

    def __init__(self, machine: GuestInputs, ground: Ground, folder: Path, logs: Path, telling: Telling) -> None:
        self.machine = machine
        self._ground = ground
        self._folder = folder
        self._logs = logs
        self._telling = telling
        self._root = Root(ground.template.root, folder)
        self._chroot = shutil.which("chroot") or "/usr/sbin/chroot"
        self._lock = threading.RLock()
        self._manager: Manager | None = None
        self._booted = threading.Event()
        self._booted.set()
        self._failed = False
        self._units: list[str] | None = None
        """What the first boot has started, in that order; None: there was no boot."""
        self._log = Log(logs / "syslog.log")
        self._syslog: socket.socket | None = None

    @property
    def alive(self) -> bool:
        """Whether it is on, its commands went through, and all that they started runs."""
        with self._lock:
            up = self._manager is not None and not self._manager.busy
            return up and self._booted.is_set() and not self._failed

    def start(self, wanted: Callable[[], bool] = lambda: True) -> None:
        """Boots it, and returns when all is started or has failed; whom it tells is told.

        Args:
            wanted: asked at the last moment at which nothing has begun.
        """
        with self._lock:
            self._booted.clear()
            self._failed = False
            manager = self._manager = Manager(
                self._root, self, self._ground.timers, self._logs, self._unit_failed, self._tell_if_living
            )
        try:
            if wanted():
                self._boot(manager)
        except OverError:
            return
        except (UitwijkError, OSError, LookupError) as error:
            self._trouble("boot", f"failed: {error}", "")
        finally:
            self._booted.set()
        self._tell_if_living()

    def freeze(self) -> None:
        """Lets it start no process any more; `kill` and `stop` have to follow."""
        with self._lock:
            if self._manager is not None:
                self._manager.end()
            self._manager = None

    def kill(self) -> None:
        """Ends every process of it, as if its power failed. It must be frozen."""
        kill_below(self._root.path)

    def stop(self) -> None:
        """Takes its file system away, when its processes were killed and whoever started them has noticed."""
        self._booted.wait()
        if self._syslog is not None:
            self._ground.journal.leave(self._syslog)
            self._syslog = None
        self._root.unmount()

    def forget(self) -> None:
        """Throws its disk away. It must be stopped."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def spawn(self, words: Sequence[str], env: Mapping[str, str], output: Path) -> Process:
        """Starts a program of the guest, as its root user.

        Raises:
            OverError: its power is off.
        """
        with self._lock:
            if self._manager is None:
                raise OverError
            return self._ground.processes.start([self._chroot, str(self._root.path), *words], env, output)

    def adopt(self, pid: int) -> Process:
        """A process that one of the guest's has left behind."""
        return self._ground.processes.adopt(pid)

    def _boot(self, manager: Manager) -> None:
        machine = self.machine
        plan = cloud_config.read(machine.user_data, machine.meta_data, self._ground.loopback.text)
        self._logs.mkdir(parents=True, exist_ok=True)
        self._root.mount()
        self._log.clear()
        self._syslog = self._root.socket("/dev/log")
        self._ground.journal.follow(self._syslog, self._log)
        self._write_network(plan)
        if len(plan.mounts) != len(machine.disks):
            raise UitwijkError(f"its user data mounts {len(plan.mounts)} disks, and it has {len(machine.disks)}")
        for disk, where in zip(machine.disks, plan.mounts, strict=True):
            self._root.attach(disk, where)
        if self._units is not None:
            for unit in filter(manager.is_enabled, self._units):
                manager.begin(unit)
            return
        for key, why in plan.shortened.items():
            self._telling.skipped(key, why)
        self._write_files(plan)
        self._units = []
        for command in plan.commands:
            try:
                self._carry_out(command, plan, manager, self._units)
            except UitwijkError as error:
                # As cloud-init does: the next commands are carried out still.
                self._trouble("runcmd", str(error), "")

    def _write_network(self, plan: Plan) -> None:
        short = plan.name.partition(".")[0]
        lines = [f"nameserver {server}" for server in plan.resolvers]
        lines += [f"search {' '.join(plan.search)}"] if plan.search else []
        for path, text in {
            "/etc/resolv.conf": "\n".join(lines),
            "/etc/hostname": short,
            "/etc/hosts": f"127.0.0.1 localhost\n127.0.1.1 {plan.name} {short}",
        }.items():
            self._root.write(path, f"{text}\n".encode())

    def _write_files(self, plan: Plan) -> None:
        for file in plan.files:
            try:
                owner = self._root.user(file.user), self._root.group(file.group)
            except LookupError as missing:
                if not self._lacking(plan):
                    raise UitwijkError(f"write_files: {file.path}: there is no account {missing}") from None
                owner = (0, 0)
            self._root.write(file.path, file.content, file.mode, *owner, flag="a" if file.append else "w")

    def _lacking(self, plan: Plan) -> str:
        """The machine's packages that the template lacks, for people; empty: none."""
        return ", ".join(sorted(plan.packages - self._ground.template.packages))

    def _carry_out(self, command: Sequence[str], plan: Plan, manager: Manager, started: list[str]) -> None:
        line = command[-1] if tuple(command[:2]) == ("sh", "-c") else shlex.join(command)
        words = shlex.split(line, comments=True) if not _SHELL & set(line) else []
        lacking = self._lacking(plan)
        if words[:1] == ["systemctl"]:
            try:
                started += [unit for unit in manager.systemctl(words[1:]) if unit not in started]
            except NoSuchUnitError as missing:
                if not lacking:
                    raise UitwijkError(f"{missing}: {line}") from None
                self._telling.skipped(line, f"not in the drill's template: {lacking}")
            return
        output = self._logs / "runcmd.log"
        process = self.spawn(command, _ENV, output)
        if not process.wait(_COMMAND_SECONDS):
            raise UitwijkError(f"does not end within {_COMMAND_SECONDS:g} s: {line}")
        if process.code == _NOT_FOUND and lacking:
            self._telling.skipped(line, f"not in the drill's template: {lacking}")
        elif process.code:
            self._trouble("runcmd", f"ended with exit code {process.code}: {line}", self._words(output))

    def _unit_failed(self, unit: str, what: str, output: Path) -> None:
        self._trouble(unit, what, self._words(output))

    def _words(self, output: Path) -> str:
        """What a unit said last: what it printed, and the guest's latest errors in syslog."""
        if self._syslog is not None:
            Journal.drain(self._syslog, self._log)
        printed = output.read_text(encoding="utf-8", errors="replace").splitlines() if output.exists() else []
        return last_words([*printed, *self._log.errors()])

    def _trouble(self, unit: str, what: str, words: str) -> None:
        with self._lock:
            if self._manager is None:
                return
            self._failed = True
        self._telling.trouble(unit, what, words)

    def _tell_if_living(self) -> None:
        if self.alive:
            self._telling.living()
