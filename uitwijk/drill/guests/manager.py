"""systemd's part in one life of a guest: its services and timers, from a boot until its power is off."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from uitwijk.continuity.errors import UitwijkError
from uitwijk.drill.guests.root import Root
from uitwijk.drill.guests.service import FailedError, Service, Spawner
from uitwijk.drill.guests.timers import Timers
from uitwijk.drill.guests.units import SEARCHED, Unit, parse, seconds


class NoSuchUnitError(UitwijkError):
    """No package and no instruction has brought the unit."""


class OverError(Exception):
    """The guest's power is off."""


class Manager:
    """Starts units and notices when they die.

    Args:
        root: the guest's file system.
        spawner: runs the guest's programs; raises `OverError` when its power is off.
        timers: run what has to run later.
        logs: folder for what units print, one file each.
        trouble: called when a unit fails: its name, what happened, and the file of what it printed.
        settled: called when the first run of what a timer starts is over.
    """

    def __init__(
        self,
        root: Root,
        spawner: Spawner,
        timers: Timers,
        logs: Path,
        trouble: Callable[[str, str, Path], None],
        settled: Callable[[], None],
    ) -> None:
        self._root = root
        self._spawner = spawner
        self._timers = timers
        self._logs = logs
        self._trouble = trouble
        self._settled = settled
        self._services: dict[str, Service] = {}
        self._awaited: set[str] = set()
        self._lock = threading.Lock()
        self._over = threading.Event()

    @property
    def busy(self) -> bool:
        """Whether what a timer starts has not run for the first time."""
        return bool(self._awaited)

    def end(self) -> None:
        """The guest's power is off: timers run nothing any more, and no death is reported."""
        self._over.set()

    def systemctl(self, words: Sequence[str]) -> list[str]:
        """Does what `systemctl WORDS` would, and returns the units that were started.

        Raises:
            NoSuchUnitError: there is no such unit.
            UitwijkError: the drill does not know the verb.
        """
        verb, *names = [word for word in words if not word.startswith("-")]
        units = [name if "." in name else f"{name}.service" for name in names]
        if verb == "daemon-reload":
            return []
        if verb == "stop":
            for name in units:
                self._stop(name)
            return []
        if verb == "enable":
            for name in units:
                self._enable(name)
        elif verb not in ("start", "restart", "reload-or-restart"):
            raise UitwijkError(f"the drill does not know systemctl {verb}")
        started = units if verb != "enable" or "--now" in words else []
        for name in started:
            self.begin(name)
        return started

    def begin(self, name: str) -> None:
        """Starts a unit, anew if it runs, and waits until it has started; a timer is set.

        Raises:
            NoSuchUnitError: there is no such unit.
        """
        unit = self._unit(name)
        if name.endswith(".timer"):
            self._set(unit)
            return
        self._stop(name)
        service = self._services[name] = self._service(unit)
        try:
            service.start()
        except FailedError as failure:
            self._trouble(name, str(failure), service.output)
        except (UitwijkError, LookupError) as error:
            self._trouble(name, f"cannot be started: {error}", service.output)

    def is_enabled(self, name: str) -> bool:
        """Whether a boot starts the unit."""
        folder = self._root.inside("/etc/systemd/system")
        return any((wants / name).is_symlink() for wants in folder.glob("*.target.wants"))

    def _enable(self, name: str) -> None:
        for target in self._unit(name).wanted_by:
            link = self._root.make(f"/etc/systemd/system/{target}.wants") / name
            link.unlink(missing_ok=True)
            link.symlink_to(f"/etc/systemd/system/{name}")

    def _stop(self, name: str) -> None:
        if name in self._services:
            self._services.pop(name).stop()

    def _service(self, unit: Unit) -> Service:
        output = self._logs / f"{unit.name}.log"
        # Whoever reads what it said means this start.
        output.unlink(missing_ok=True)

        def died(how: str) -> None:
            if not self._over.is_set():
                self._trouble(unit.name, how, output)

        return Service(unit, self._root, self._spawner, output, died)

    def _unit(self, name: str) -> Unit:
        """The unit with its drop-ins; of two with one name, that of the administrator counts."""
        files = [file for folder in SEARCHED for file in self._root.matching(f"/{folder}/{name}")]
        if not files:
            raise NoSuchUnitError(f"there is no unit {name}")
        dropped = {
            file.name: file
            for folder in reversed(SEARCHED)
            for file in self._root.matching(f"/{folder}/{name}.d/*.conf")
        }
        texts = [file.read_text(encoding="utf-8") for file in (files[0], *(dropped[key] for key in sorted(dropped)))]
        return parse(name, texts)

    def _set(self, timer: Unit) -> None:
        name = timer.one("Unit", f"{timer.name.removesuffix('.timer')}.service", section="Timer")
        unit = self._unit(name)
        firsts = timer.all("OnActiveSec", section="Timer") or timer.all("OnBootSec", section="Timer") or ("0",)
        again = timer.one("OnUnitActiveSec", section="Timer")
        with self._lock:
            self._awaited.add(name)

        def run(repeats: bool) -> None:
            if self._over.is_set():
                return
            # If it fails, its own words are in its log, and the timer tries again.
            with contextlib.suppress(UitwijkError, LookupError, OverError, OSError):
                self._service(unit).start()
            with self._lock:
                self._awaited.discard(name)
            self._settled()
            if repeats and again:
                self._timers.after(seconds(again), partial(run, True))

        *earlier, last = sorted(map(seconds, firsts))
        for moment in earlier:
            self._timers.after(moment, partial(run, False))
        self._timers.after(last, partial(run, True))
