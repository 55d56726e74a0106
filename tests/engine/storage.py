"""What a site has besides its vCenter's inventory: storage with data on it, and an office that is lost with it."""

from __future__ import annotations

from pathlib import Path

from tests.engine.stage import Stage
from uitwijk.simulated.replication import Directions, Replication


def lose(stage: Stage, site: str) -> None:
    """Nothing of the site can be reached any more: vCenter, storage, state, stack file, secrets."""
    stage.vcenters[site].management("hang")
    stage.vcenters[site].datastores("unreadable")
    stage.sites.offices[site].folder.rename(stage.folder / "out-of-reach")
    stage.sites.lose_state(site)


def give_back(stage: Stage, site: str) -> None:
    """The site is there again, as it was when it went; a state in a database comes from the copy at the other site."""
    (stage.folder / "out-of-reach").rename(stage.sites.offices[site].folder)
    if site in stage.sites.databases:
        stage.sites.databases[site].restore()
        stage.sites.give_back_state(site)
    stage.vcenters[site].datastores("readable")
    stage.vcenters[site].management("up")


class Storage:
    """Both sites' storage, as far as it holds the data of the stage's home."""

    def __init__(self, stage: Stage) -> None:
        self.lost: set[str] = set()
        """Sites whose storage cannot be reached, or must not be overwritten."""
        self._stage = stage
        self._replication = Replication({s: v.folder for s, v in stage.vcenters.items()}, self._directions)
        machines = [stage.region.machines[name] for name in stage.cold(stage.home)]
        self.disks = sorted(machine.disk_path(disk) for machine in machines for disk in machine.disks)

    def _directions(self) -> Directions:
        reachable = frozenset(set(self._stage.vcenters) - self.lost)
        return Directions(self._stage.situation.data, reachable, reachable)

    def replicate(self) -> None:
        """What the arrays do, once."""
        self._replication.cycle()

    def write(self, site: str, mark: str) -> None:
        """Adds a line to each disk's data."""
        for disk in self.disks:
            with self._content(site, disk).open("a", encoding="utf-8") as content:
                content.write(f"{mark}\n")

    def read(self, site: str) -> dict[str, list[str]]:
        """The lines of each disk's data, by the path of the disk."""
        return {disk: self._content(site, disk).read_text(encoding="utf-8").split() for disk in self.disks}

    def _content(self, site: str, disk: str) -> Path:
        path = self._stage.vcenters[site].folder / "datastores" / f"data-{self._stage.home}" / disk
        return path.with_name(f"{path.stem}-flat.vmdk")
