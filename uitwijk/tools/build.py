"""Builds engine, language host, providers and simulator, each once: `python -m uitwijk.tools.build [NAME …]`.

A binary lies in a folder of the cache that is named after what it is made of: its module's files, the build flags, the
version of Go, the computer's kind. It is linked in another folder, which is then renamed, so that an interrupted build
is taken up where it stopped (Go keeps what it compiled) and nobody ever runs half a binary.

UITWIJK_TOOLCHAIN=ambient builds the simulator alone: `pulumi` and the plugins are the ones that the user has.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from uitwijk.cache import cache_folder, remove_unused, used
from uitwijk.files import alone
from uitwijk.tools import golang
from uitwijk.tools.binaries import Binary, selected
from uitwijk.tools.golang import Go, ToolchainError
from uitwijk.tools.progress import Progress

SOURCES = Path(__file__).resolve().parents[1]
"""The folder in which the Go modules are."""
_GIB = 1024**3


class Workshop:
    """Where binaries are built, and found.

    Args:
        stream: gets the progress.
        sources: the folder of the Go modules.
        cache: gets the binaries; None: the user's.
    """

    def __init__(self, stream: TextIO, sources: Path = SOURCES, cache: Path | None = None) -> None:
        self.cache = cache or cache_folder()
        self.progress = Progress(stream)
        self._sources = sources
        self._stream = stream

    def find(self, wanted: Iterable[Binary]) -> list[Path] | None:
        """The folders with the wanted binaries; None when one is yet to be built.

        Raises ToolchainError when sources are missing.
        """
        go = golang.find(self.cache)
        found = [self._built(binary, go) for binary in wanted]
        folders = [used(folder) for folder in found if folder is not None]
        return folders if len(folders) == len(found) else None

    def build(self, wanted: Iterable[Binary]) -> list[Path]:
        """Bring the wanted binaries up to date, and return their folders; says nothing when they are.

        Raises ToolchainError with cause and remedy when one cannot be built; those built before it stay.
        """
        binaries = list(wanted)
        if found := self.find(binaries):
            return found
        self.cache.mkdir(parents=True, exist_ok=True)
        try:
            with alone(self.cache, lambda: self.say("another build is running here; waiting for it …")):
                go = golang.ensure(self.cache, self.progress)
                due = [binary for binary in binaries if self._built(binary, go) is None]
                self._check_space(go, due)
                for number, binary in enumerate(binaries, 1):
                    if binary in due:
                        self._build(binary, go, f"[{number}/{len(binaries)}]")
                for kind in ("binaries/*", "toolchains", "go"):
                    for folder in self.cache.glob(kind):
                        remove_unused(folder)
                return [used(self._folder(binary, go)) for binary in binaries]
        finally:
            self.progress.leave()

    def together(self, folders: Iterable[Path]) -> Path:
        """One folder with everything in `folders`: the engine looks for its language host beside itself."""
        parts = sorted(folders)
        key = hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:16]
        whole = self.cache / "toolchains" / key
        whole.mkdir(parents=True, exist_ok=True)
        for file in (file for part in parts for file in part.iterdir()):
            with suppress(FileExistsError):
                os.link(file, whole / file.name)
        return used(whole)

    def key(self, binary: Binary) -> str:
        """What the binary is made of, but for the version of Go, as one hash."""
        module = self._sources / binary.folder
        if not (module / "go.mod").exists():
            raise ToolchainError(
                f"{module / 'go.mod'} is missing: what is installed is incomplete.\nInstall uitwijk again."
            )
        made_for = f"{sys.platform} {platform.machine()}"
        digest = hashlib.sha256("\0".join([made_for, binary.package, *binary.flags]).encode())
        for path in sorted({path for pattern in binary.sources for path in module.glob(pattern)}):
            if path.is_file() and not path.name.endswith("_test.go"):
                digest.update(f"\0{path.relative_to(module)}\0".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()[:16]

    def _folder(self, binary: Binary, go: Go) -> Path:
        return self.cache / "binaries" / binary.name / f"{self.key(binary)}-{go.version}"

    def _built(self, binary: Binary, go: Go | None) -> Path | None:
        # What is built stays good when Go has gone.
        places = [self._folder(binary, go or Go(Path(), "*"))]
        if go is None:
            places = sorted(places[0].parent.glob(places[0].name))
        return next((place for place in places if all((place / name).exists() for name in binary.outputs)), None)

    def say(self, line: str) -> None:
        """A line of its own among the progress."""
        self.progress.leave()
        print(line, file=self._stream, flush=True)

    def _build(self, binary: Binary, go: Go, position: str) -> None:
        scratch = self.cache / "tmp"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        module = self._sources / binary.folder
        env = golang.environment(scratch)
        log = self.cache / "log" / f"{binary.name}.log"

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

        made = scratch / "made"
        made.mkdir()
        for name in binary.outputs:
            (scratch / name).rename(made / name)
        folder = self._folder(binary, go)
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        made.rename(folder)
        self.progress.finish(f"{position} built {binary.title}")

    def _check_space(self, go: Go, due: list[Binary]) -> None:
        need = sum(binary.space_gib for binary in due) * _GIB
        env = golang.environment(self.cache)
        caches = [Path(path) for path in _ask(go, self.cache, env, "env", "GOCACHE", "GOMODCACHE").splitlines()]
        for folder in (self.cache, *caches):
            existing = next(path for path in (folder, *folder.parents) if path.exists())
            free = shutil.disk_usage(existing).free
            # What an earlier build left in the caches need not be stored again; sizing them up takes seconds.
            if free < need and free < need - sum(_size(cache) for cache in caches):
                raise ToolchainError(
                    f"{existing} has {free / _GIB:.1f} GiB free; building takes about {need / _GIB:.1f} GiB.\n"
                    "Free some space, or let GOCACHE and GOMODCACHE name folders on a larger disk."
                )


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


def ambient_pulumi(cache: Path) -> Path:
    """The user's own `pulumi`, which is none of those in the cache; raises ToolchainError when PATH has none."""
    path = os.pathsep.join(folder for folder in os.get_exec_path() if not Path(folder).is_relative_to(cache))
    pulumi = shutil.which("pulumi", path=path)
    if pulumi is None:
        raise ToolchainError(
            "UITWIJK_TOOLCHAIN=ambient, but there is no pulumi on PATH.\n"
            "Install Pulumi with the vsphere and random plugins, or unset UITWIJK_TOOLCHAIN to have them built here."
        )
    return Path(pulumi)


def main(arguments: list[str] | None = None, workshop: Workshop | None = None) -> int:
    """The command; gives its exit status. Every refusal is one message without a traceback."""
    parser = argparse.ArgumentParser(
        prog="python -m uitwijk.tools.build", description=f"Build the tool chain into {cache_folder()}."
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="what to build (default: everything)")
    parser.add_argument("--print-go", action="store_true", help="only print the path of the Go that is used")
    asked = parser.parse_args(arguments)
    workshop = workshop or Workshop(sys.stderr)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        if asked.print_go:
            print(golang.ensure(workshop.cache, workshop.progress).path)
            return 0
        toolchain = os.environ.get("UITWIJK_TOOLCHAIN", "")
        binaries = selected(asked.names, toolchain)
        if toolchain:
            workshop.say(f"using your own {_with_version(ambient_pulumi(workshop.cache))} and its plugins")
        workshop.build(binaries)
    except ToolchainError as error:
        workshop.say(f"error: {error}")
        return 1
    except OSError as error:
        workshop.say(f"error: {error.filename or workshop.cache}: {error.strerror or error}")
        return 1
    except KeyboardInterrupt:
        workshop.say("interrupted; run it again and it goes on where it was")
        return 130
    return 0


def _with_version(pulumi: Path) -> str:
    env = os.environ | {"PULUMI_SKIP_UPDATE_CHECK": "true"}
    asked = subprocess.run([pulumi, "version"], env=env, capture_output=True, text=True, check=False)
    return f"{pulumi} {asked.stdout.strip() or '(version unknown)'}"


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
