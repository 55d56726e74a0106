"""The processes of all guests: started with little effort, reaped, counted and killed.

Whatever a daemon leaves behind becomes a child of ours, so that its end is noticed at once. This takes every child
that ends, so nothing else in the process may wait for children.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36
_REMEMBERED = 4096


class Process:
    """A child, ours from its beginning or left to us by its parent."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.code = 0
        """Exit code; that of a signal is negative. Known when it has ended."""
        self._ended = threading.Event()
        self._callback: Callable[[], None] | None = None
        self._lock = threading.Lock()

    def wait(self, seconds: float | None = None) -> bool:
        """Whether it has ended within that time."""
        return self._ended.wait(seconds)

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return not self._ended.is_set()

    def on_end(self, callback: Callable[[], None]) -> None:
        """Calls back once when it ends; at once if it has."""
        with self._lock:
            if self.running:
                self._callback = callback
                return
        callback()

    def send(self, number: signal.Signals) -> None:
        """Sends it a signal, if it runs."""
        with self._lock, contextlib.suppress(ProcessLookupError):
            if self.running:
                os.kill(self.pid, number)

    def ended(self, status: int) -> None:
        """Told by whoever reaps it."""
        with self._lock:
            self.code = os.waitstatus_to_exitcode(status)
            self._ended.set()
        if self._callback is not None:
            self._callback()


class Processes:
    """All children of this process, and theirs."""

    def __init__(self) -> None:
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self._lock = threading.Lock()
        self._known: dict[int, Process] = {}
        self._unclaimed: dict[int, int] = {}
        self._started = threading.Event()
        threading.Thread(target=self._reap, name="reaper", daemon=True).start()

    def start(self, words: Sequence[str], env: Mapping[str, str], output: Path) -> Process:
        """Starts a program, by its absolute path, in a session of its own.

        Args:
            words: path and arguments.
            env: its whole environment.
            output: file to which what it says is appended.

        Raises:
            OSError: it cannot be started.
        """
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        files = [
            (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(output), flags, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ]
        usual = [signal.SIGINT, signal.SIGPIPE, signal.SIGTERM]
        with self._lock:
            pid = os.posix_spawn(words[0], list(words), dict(env), file_actions=files, setsid=True, setsigdef=usual)
            self._unclaimed.pop(pid, None)
            process = self._known[pid] = Process(pid)
        self._started.set()
        return process

    def adopt(self, pid: int) -> Process:
        """A process that one of ours has started and left behind."""
        with self._lock:
            if pid in self._known:
                return self._known[pid]
            process = Process(pid)
            if pid in self._unclaimed or not Path(f"/proc/{pid}").exists():
                process.ended(self._unclaimed.pop(pid, 0))
            else:
                self._known[pid] = process
            return process

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, 0)
            except ChildProcessError:
                self._started.wait()
                self._started.clear()
                continue
            with self._lock:
                process = self._known.pop(pid, None)
                if process is None:
                    self._unclaimed[pid] = status
                    while len(self._unclaimed) > _REMEMBERED:
                        del self._unclaimed[next(iter(self._unclaimed))]
            if process is not None:
                process.ended(status)


def kill_below(folder: Path) -> None:
    """Kills every process whose root directory is `folder` or below it, until there is none."""
    while pids := list(_below(folder)):
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        # The kernel needs a moment for each to leave.
        threading.Event().wait(0.002)


def memory_mib(folder: Path) -> float:
    """Memory of all processes whose root directory is below `folder`; what several share counts once (PSS)."""
    kib = 0
    for pid in _below(folder):
        with contextlib.suppress(OSError, StopIteration):
            text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
            kib += next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return kib / 1024


def _below(folder: Path) -> Iterator[int]:
    """Processes whose root directory is `folder` or below it. Strings, because there may be a thousand processes."""
    root = str(folder)
    within = f"{root}/"
    for entry in os.listdir("/proc"):
        if entry.isdecimal():
            # One that has ended has no root any more.
            with contextlib.suppress(OSError):
                place = os.readlink(f"/proc/{entry}/root")
                if place == root or place.startswith(within):
                    yield int(entry)
