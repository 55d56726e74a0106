"""Builds engine, language host, providers and simulator into .tools/bin, each once: `python3 -m tools.build [NAME …]`.

A binary is built again when what it is made of changed: its module's files, the build flags, or the version of Go.
It is linked under another name and then renamed, and its stamp is written last, so that an interrupted build
is taken up where it stopped (Go keeps what it compiled) and nobody ever runs half a binary.

UITWIJK_TOOLCHAIN=ambient builds the simulator alone: `pulumi` and the plugins are the ones that the user has.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from tools import golang
from tools.binaries import Binary, selected
from tools.golang import Go, ToolchainError
from tools.progress import Progress

ROOT = Path(__file__).resolve().parent.parent
_GIB = 1024**3


class Workshop:
    """The folders of one checkout in which binaries are built."""

    def __init__(self, root: Path, stream: TextIO) -> None:
        self.root = root
        self.tools = root / ".tools"
        self.bin = self.tools / "bin"
        self.progress = Progress(stream)
        self._stream = stream

    def build(self, wanted: Iterable[Binary]) -> None:
        """Bring the wanted binaries up to date; says nothing when they are.

        Raises ToolchainError with cause and remedy when one cannot be built; those built before it stay.
        """
        binaries = list(wanted)
        if not self._due(binaries, golang.find(self.root)):
            return
        go = golang.ensure(self.root, self.progress)
        with self._alone():
            due = self._due(binaries, go)
            self._check_space(go, due)
            for number, binary in enumerate(binaries, 1):
                if binary in due:
                    self._build(binary, go, f"[{number}/{len(binaries)}]")

    def key(self, binary: Binary, go: Go) -> str:
        """What the binary is made of, as one hash."""
        module = self.root / binary.folder
        if not (module / "go.mod").exists():
            raise ToolchainError(f"{binary.folder}/go.mod is missing: this checkout is incomplete.\nClone it again.")
        digest = hashlib.sha256("\0".join([go.version, binary.package, *binary.flags]).encode())
        for path in sorted({path for pattern in binary.sources for path in module.glob(pattern)}):
            if path.is_file() and not path.name.endswith("_test.go"):
                digest.update(f"\0{path.relative_to(module)}\0".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()

    def _stamp(self, binary: Binary) -> Path:
        return self.tools / "stamps" / binary.name

    def _due(self, binaries: list[Binary], go: Go | None) -> list[Binary]:
        return [binary for binary in binaries if not self._current(binary, go)]

    def _current(self, binary: Binary, go: Go | None) -> bool:
        stamp = self._stamp(binary)
        if not stamp.exists() or not all((self.bin / name).exists() for name in binary.outputs):
            return False
        built_with, _, key = stamp.read_text().strip().partition(" ")
        # What is built stays good when Go has gone.
        return key == self.key(binary, go or Go(Path(), built_with))

    def _build(self, binary: Binary, go: Go, position: str) -> None:
        key = self.key(binary, go)
        scratch = self.tools / "tmp"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        module = self.root / binary.folder
        env = golang.environment(scratch)
        log = self.tools / "log" / f"{binary.name}.log"

        self.progress.start(f"{position} fetching the modules of {binary.title}")
        listing: list[str | Path] = [go.path, "list", "-deps", "-f", "{{.ImportPath}}", binary.package]
        ticker = _Ticker(self.progress, log, "go: downloading", "{} downloaded")
        if golang.run(listing, module, env, log, ticker):
            raise golang.failure(f"{binary.name}: cannot prepare the build", log)
        packages = sum(not line.startswith("go: ") for line in log.read_text(errors="replace").splitlines())

        self.progress.start(f"{position} building {binary.title}")
        command: list[str | Path] = [go.path, "build", *binary.flags, "-o", scratch / binary.name, binary.package]
        ticker = _Ticker(self.progress, log, "\n", f"{{}} packages compiled of at most {packages}")
        if golang.run(command, module, env, log, ticker):
            raise golang.failure(f"{binary.name} was not built", log)
        if binary.beside:
            home = _ask(go, module, env, "list", "-m", "-f", "{{.Dir}}", binary.beside[0])
            source = Path(home) / binary.beside[1]
            shutil.copyfile(source, scratch / source.name)
            (scratch / source.name).chmod(0o755)

        self.bin.mkdir(exist_ok=True)
        stamp = self._stamp(binary)
        stamp.parent.mkdir(exist_ok=True)
        stamp.unlink(missing_ok=True)
        for name in binary.outputs:
            (scratch / name).replace(self.bin / name)
        (scratch / "stamp").write_text(f"{go.version} {key}\n")
        (scratch / "stamp").replace(stamp)
        self.progress.finish(f"{position} built {binary.title}")

    def _check_space(self, go: Go, due: list[Binary]) -> None:
        need = sum(binary.space_gib for binary in due) * _GIB
        caches = [
            Path(path)
            for path in _ask(go, self.root, golang.environment(self.tools), "env", "GOCACHE", "GOMODCACHE").splitlines()
        ]
        for folder in (self.tools, *caches):
            existing = next(path for path in (folder, *folder.parents) if path.exists())
            free = shutil.disk_usage(existing).free
            # What an earlier build left in the caches need not be stored again; sizing them up takes seconds.
            if free < need and free < need - sum(_size(cache) for cache in caches):
                raise ToolchainError(
                    f"{existing} has {free / _GIB:.1f} GiB free; building takes about {need / _GIB:.1f} GiB.\n"
                    "Free some space, or let GOCACHE and GOMODCACHE name folders on a larger disk."
                )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the lock of .tools; the operating system lets go of it however this process ends."""
        self.tools.mkdir(exist_ok=True)
        with (self.tools / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print("another build is running here; waiting for it …", file=self._stream, flush=True)
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield


@dataclass(frozen=True)
class _Ticker:
    """Tells progress by counting a mark in the log of a running command."""

    progress: Progress
    log: Path
    mark: str
    text: str

    def __call__(self) -> None:
        count = self.log.read_text(errors="replace").count(self.mark)
        self.progress.tick(self.text.format(count) if count else "")


def ambient_pulumi(root: Path) -> str:
    """Path and version of the user's own `pulumi`; raises ToolchainError when PATH has none."""
    ours = str(root / ".tools" / "bin")
    path = os.pathsep.join(folder for folder in os.get_exec_path() if folder != ours)
    pulumi = shutil.which("pulumi", path=path)
    if pulumi is None:
        raise ToolchainError(
            "UITWIJK_TOOLCHAIN=ambient, but there is no pulumi on PATH.\n"
            "Install Pulumi with the vsphere and random plugins, or unset UITWIJK_TOOLCHAIN to have them built here."
        )
    env = os.environ | {"PULUMI_SKIP_UPDATE_CHECK": "true"}
    asked = subprocess.run([pulumi, "version"], env=env, capture_output=True, text=True, check=False)
    return f"{pulumi} {asked.stdout.strip() or '(version unknown)'}"


def main(arguments: list[str] | None = None, root: Path = ROOT, stream: TextIO = sys.stderr) -> int:
    """The command; gives its exit status. Every refusal is one message without a traceback."""
    parser = argparse.ArgumentParser(prog="python3 -m tools.build", description="Build the tool chain into .tools/bin.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="what to build (default: everything)")
    parser.add_argument("--print-go", action="store_true", help="only print the path of the Go that is used")
    asked = parser.parse_args(arguments)
    workshop = Workshop(root, stream)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        if asked.print_go:
            print(golang.ensure(root, workshop.progress).path)
            return 0
        toolchain = os.environ.get("UITWIJK_TOOLCHAIN", "")
        binaries = selected(asked.names, toolchain)
        if toolchain:
            print(f"using your own {ambient_pulumi(root)} and its plugins", file=stream)
        workshop.build(binaries)
    except ToolchainError as error:
        workshop.progress.leave()
        print(f"error: {error}", file=stream)
        return 1
    except OSError as error:
        workshop.progress.leave()
        print(f"error: {error.filename or root}: {error.strerror or error}", file=stream)
        return 1
    except KeyboardInterrupt:
        workshop.progress.leave()
        print("interrupted; run it again and it goes on where it was", file=stream)
        return 130
    return 0


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _ask(go: Go, cwd: Path, env: dict[str, str], *question: str) -> str:
    asked = subprocess.run([go.path, *question], cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if asked.returncode:
        raise ToolchainError(f"'go {' '.join(question)}' failed.\n{asked.stderr.strip()}")
    return asked.stdout.strip()


def _size(folder: Path) -> int:
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                total += os.lstat(os.path.join(place, name)).st_size
    return total


if __name__ == "__main__":
    sys.exit(main())
