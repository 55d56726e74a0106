"""Markers in the data disks: they tell which copy of the data a site has, and how old it is."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from uitwijk.continuity.region import dataset_datastore
from uitwijk.drill.expectations import ExpectedMachine


@dataclass
class Markers:
    """Writes marks into the data disks of one dataset and looks for them.

    A simulated disk is a small descriptor with an empty file for its content; the marks are lines in that file.

    Args:
        dataset: the home site of the data.
        machines: those whose disks are looked at.
    """

    dataset: str
    machines: Mapping[str, ExpectedMachine]
    written_at: dict[str, float] = field(default_factory=dict)
    """Moment (monotonic seconds) of each mark."""

    @property
    def disks(self) -> list[str]:
        """Paths of the dataset's disks below the datastore."""
        datastore = dataset_datastore(self.dataset)
        return sorted(
            disk.path for machine in self.machines.values() for disk in machine.disks if disk.datastore == datastore
        )

    def write(self, site_folder: Path, mark: str) -> None:
        """Writes `mark` into every disk of the dataset at a site."""
        for disk in self.disks:
            with self._content(site_folder, disk).open("a", encoding="utf-8") as content:
                content.write(f"{mark}\n")
        self.written_at[mark] = time.monotonic()

    def found(self, site_folder: Path) -> dict[str, set[str]]:
        """The marks in each disk at a site."""
        return {
            disk: set(content.read_text(encoding="utf-8").split())
            if (content := self._content(site_folder, disk)).exists()
            else set()
            for disk in self.disks
        }

    def age(self, mark: str, at: float) -> float:
        """Seconds from the writing of `mark` until the moment `at`."""
        return round(at - self.written_at[mark], 3)

    def _content(self, site_folder: Path, disk: str) -> Path:
        path = site_folder / "datastores" / dataset_datastore(self.dataset) / disk
        return path.with_name(path.name.removesuffix(".vmdk") + "-flat.vmdk")
