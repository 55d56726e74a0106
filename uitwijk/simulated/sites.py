"""All sites of a region, simulated: a vCenter each, and offices whose engineers have stacks, states and secrets."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from uitwijk.continuity.region import Region
from uitwijk.observe.inventory import Inventory, read_inventory
from uitwijk.running.engine import Engine, Stack, side_by_side
from uitwijk.running.toolchain import Toolchain
from uitwijk.simulated.postgresql import find_postgresql
from uitwijk.simulated.project import Project, bundle, made_up_secrets
from uitwijk.simulated.replication import Directions, Replication
from uitwijk.simulated.state_database import StateDatabase
from uitwijk.simulated.vcenter import USER, SimulatedVCenter

_T = TypeVar("_T")


class SimulatedSites:
    """Every site of a region on a simulated vCenter, its stack initialised and empty. A context manager.

    Nothing is the user's: stacks, states, secrets and certificate authorities are made anew, and no process outlives
    the `with`. Enter it in the main thread: the simulators die with the thread that started them.

    Args:
        folder: gets everything: `sites/` with a folder a site, offices, `homes/`, `logs/`.
        program: the folder of the region's `Pulumi.yaml` and `__main__.py`.
        catalogue: the folder of the catalogue that the stacks read.
        situation: the file that the stacks read.
        apart: whether each site has an office of its own, which stands there and is lost with it: stack file, state and
            passphrase. Else one office, in `folder` itself, has them all.
        databases: whether each site's state is in a database of its own, of which another site fetches a copy; else in
            a folder. Only for sites that are `apart`.
        first_port: port of the first site's vCenter, the next site's is one higher; None: any that are free.
        logs: the folder that gets a file with the output of each run; None: `logs/`.
        tell: told what is being done.
    """

    def __init__(
        self,
        region: Region,
        toolchain: Toolchain,
        folder: Path,
        *,
        program: Path,
        catalogue: Path,
        situation: Path,
        apart: bool,
        databases: bool = False,
        first_port: int | None = None,
        logs: Path | None = None,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.region = region
        self.toolchain = toolchain
        self.folder = folder
        self.catalogue = catalogue
        self.situation = situation
        self.trust = folder / "ca-bundle.pem"
        """The certificate authorities of all sites."""
        self.vcenters = {site: SimulatedVCenter(site, folder / "sites" / site) for site in region.sites}
        together = Project(folder, folder / "home")
        self.databases = _databases(self.vcenters) if databases else {}
        """Those that hold the states, by site."""
        self.offices: Mapping[str, Project] = {
            site: Project(vcenter.folder / "office", folder / "homes" / site, self.databases.get(site))
            if apart
            else together
            for site, vcenter in self.vcenters.items()
        }
        self.shared = made_up_secrets(region)
        """What the stacks of all sites know, by name."""
        self.engines: dict[str, Engine] = {}
        """By site; filled on entering."""
        self._program = program
        self._apart = apart
        self._first_port = first_port
        self._logs = logs or folder / "logs"
        self._tell = tell
        self._running = contextlib.ExitStack()

    def __enter__(self) -> Self:
        """Starts the vCenters and initialises the stacks.

        Raises:
            UitwijkError: a simulator does not come up, or `pulumi` fails; then nothing runs any more.
        """
        with contextlib.ExitStack() as opening:
            self._tell("starting the simulated vCenters")
            for number, vcenter in enumerate(self.vcenters.values()):
                opening.callback(vcenter.stop)
                port = 0 if self._first_port is None else self._first_port + number
                vcenter.start(self.toolchain.simulator, self.region, port)
            bundle(self.vcenters.values(), self.trust)
            for database in self.databases.values():
                opening.callback(database.stop)
                database.start()
            self._tell("initialising their stacks")
            for stack in self._stacks():
                self.engines[stack.site] = Engine(stack, self._logs)
            for engine in self.engines.values():
                opening.callback(engine.interrupt)
            self._running = opening.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running.close()

    @property
    def stacks(self) -> dict[str, Stack]:
        """By site."""
        return {site: engine.stack for site, engine in self.engines.items()}

    def side_by_side(self, what: Callable[[str], _T], *sites: str) -> dict[str, _T]:
        """Runs `what(site)` for each of `sites` at once, for all if none is named; a failure stops the engines."""
        return side_by_side(what, sites or tuple(self.region.sites), self.engines)

    def inventory(self, site: str) -> Inventory:
        """What stands in the site's vCenter, by a client that knows nothing of Pulumi.

        Raises:
            UitwijkError: it cannot be read.
        """
        vcenter = self.vcenters[site]
        return read_inventory(vcenter.address.server, USER, vcenter.password, cafile=vcenter.address.ca)

    def rebuild(self, site: str) -> None:
        """Puts an empty new vCenter with empty storage in the place of the site's, under its old name and account.

        Raises:
            UitwijkError: it does not come up.
        """
        self.vcenters[site].rebuild(self.toolchain.simulator, self.region)
        bundle(self.vcenters.values(), self.trust)

    def lose_state(self, site: str) -> None:
        """The database of the site is lost with it, and so are the copies that it held and fetched."""
        for other, database in self.databases.items():
            if other == site:
                database.lose()
            elif database.elsewhere == site:
                database.end_copy()

    def give_back_state(self, site: str) -> None:
        """The site has a database again, with what was restored of it elsewhere, and fetches copies again.

        Raises:
            UitwijkError: it does not come up.
        """
        for other, database in self.databases.items():
            if other == site:
                database.bring_back()
            elif database.elsewhere == site:
                database.begin_copy()

    def replicating(self, directions: Callable[[], Directions], on_trouble: Callable[[str], None]) -> Replication:
        """Replication between the storage of the sites, which runs inside its own `with`.

        Args:
            directions: asked at the start of each cycle.
            on_trouble: told when a cycle failed, in one line.
        """
        return Replication({site: vcenter.folder for site, vcenter in self.vcenters.items()}, directions, on_trouble)

    def _stacks(self) -> Iterator[Stack]:
        if self._apart:
            for stacks in side_by_side(self._move_in, list(self.offices), {}).values():
                yield from stacks.values()
        else:
            yield from self._move_in(*self.offices).values()

    def _move_in(self, *sites: str) -> dict[str, Stack]:
        """Sets up the office of `sites`, with a stack for each of them."""
        own = self.offices[sites[0]]
        return own.create(
            self.toolchain,
            [self.vcenters[site] for site in sites],
            self.shared,
            trust=self.trust,
            situation=self.situation,
            catalogue=self.catalogue,
            peers={
                peer: office.known_to_peers(self.vcenters[peer])
                for peer, office in self.offices.items()
                if office != own
            },
            program=self._program,
        )


def _databases(vcenters: Mapping[str, SimulatedVCenter]) -> dict[str, StateDatabase]:
    """One for each site, of which the next site fetches the copy."""
    postgresql, sites = find_postgresql(), list(vcenters)
    following = dict(zip(sites, [*sites[1:], *sites[:1]], strict=True))
    return {
        site: StateDatabase(site, vcenters[site].folder, other, vcenters[other].folder, postgresql)
        for site, other in following.items()
    }
