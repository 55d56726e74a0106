"""Replication of the datasets between the sites, as their storage arrays would do it, every few seconds."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from uitwijk.continuity.region import dataset_datastore

INTERVAL_SECONDS = 2.0
"""Between two cycles. Arrays replicate in seconds to minutes; the catalogue's RPO says what is asked of them."""


@dataclass(frozen=True)
class Directions:
    """What may be copied now."""

    writable: Mapping[str, str]
    """The site at which each dataset is writable: the source."""
    reachable: frozenset[str]
    """Sites whose storage can be reached."""
    receiving: frozenset[str]
    """Sites whose replicas may be overwritten: not those that came back and have not been drained."""


class Replication:
    """Copies each dataset from where it is writable to every other site, until closed.

    Args:
        folders: the folder of each site; its datastores lie in `datastores/`.
        directions: asked at the start of each cycle.
        on_trouble: told when a cycle failed, in one line; the next cycle tries again.
    """

    def __init__(
        self,
        folders: Mapping[str, Path],
        directions: Callable[[], Directions],
        on_trouble: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._folders = folders
        self._directions = directions
        self._on_trouble = on_trouble
        self._busy = threading.Lock()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="replication", daemon=True)

    def __enter__(self) -> Replication:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._thread.join()

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """No cycle runs inside; one that is under way is finished first."""
        with self._busy:
            yield

    def cycle(self) -> None:
        """One whole cycle, now."""
        with self._busy:
            self._copy(self._directions())

    def _run(self) -> None:
        while not self._closing.wait(INTERVAL_SECONDS):
            try:
                self.cycle()
            except OSError as error:
                self._on_trouble(f"a replication cycle failed: {error}")

    def _copy(self, directions: Directions) -> None:
        for dataset, source in directions.writable.items():
            if source not in directions.reachable:
                continue
            for target in sorted((directions.reachable & directions.receiving) - {source}):
                name = dataset_datastore(dataset)
                mirror(self._folders[source] / "datastores" / name, self._folders[target] / "datastores" / name)


def mirror(source: Path, target: Path) -> None:
    """Makes the folder `target` equal to `source`, times included; every file appears whole or not at all."""
    wanted = {path.relative_to(source): path for path in sorted(source.rglob("*"))}
    for relative, path in wanted.items():
        copy = target / relative
        if path.is_dir():
            if not copy.is_dir():
                copy.mkdir(parents=True)
                shutil.copymode(path, copy)
                _give_to_owner(path, copy)
        elif not _equal(path, copy):
            copy.parent.mkdir(parents=True, exist_ok=True)
            temporary = copy.with_name(f".{copy.name}.arriving")
            shutil.copyfile(path, temporary)
            shutil.copystat(path, temporary)
            _give_to_owner(path, temporary)
            os.replace(temporary, copy)
    for path in sorted(target.rglob("*"), reverse=True):
        if path.relative_to(target) not in wanted:
            if path.is_dir():
                path.rmdir()
            else:
                path.unlink()


def _give_to_owner(path: Path, copy: Path) -> None:
    """A storage array copies blocks, and with them whose a file is; accounts of programs have one number everywhere."""
    owner = path.stat()
    if (owner.st_uid, owner.st_gid) != (os.geteuid(), os.getegid()):
        os.chown(copy, owner.st_uid, owner.st_gid)


def _equal(one: Path, other: Path) -> bool:
    try:
        return one.stat().st_size == other.stat().st_size and one.read_bytes() == other.read_bytes()
    except FileNotFoundError:
        return False
