"""The stage of a drill: both simulated sites, their engines, the replication between them, the declared situation."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from uitwijk.continuity import load_region, load_situation
from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.facts import StackFacts
from uitwijk.continuity.situation import Situation
from uitwijk.drill.progress import Progress
from uitwijk.evidence.recorder import Evidence
from uitwijk.observe.database import DatabaseError
from uitwijk.observe.inventory import Inventory
from uitwijk.observe.stacks import parse_export, stack_name
from uitwijk.project import project_name
from uitwijk.running.engine import Run
from uitwijk.running.env import clean_environment
from uitwijk.running.toolchain import Toolchain
from uitwijk.running.workspace import Workspace
from uitwijk.simulated.access import write_exports
from uitwijk.simulated.control import cut_off
from uitwijk.simulated.project import copy_project
from uitwijk.simulated.replication import Directions
from uitwijk.simulated.sites import SimulatedSites


class Exercise:
    """Everything that a scenario acts upon.

    Nothing of it is the user's: situation, stacks, states and secrets are its own. Each site's engineers have their own
    office: stack file, state and passphrase stand at their site and are lost with it.

    Args:
        workspace: the region's project; nothing in it is changed.
        folder: gets the sites and the situation.
        databases: whether states are in databases, of which the other site has a copy; else in folders.
    """

    def __init__(
        self,
        workspace: Workspace,
        folder: Path,
        toolchain: Toolchain,
        evidence: Evidence,
        progress: Progress,
        *,
        databases: bool = False,
    ) -> None:
        self.folder = folder
        self._workspace = workspace
        self.evidence = evidence
        self.progress = progress
        self._toolchain = toolchain
        # A copy: whoever edits the project meanwhile changes no machine of the drill.
        self._project = copy_project(workspace.root, folder / "project")
        self.region = load_region(self._project / "catalogue")
        self.situation_file = self._project / "situation.yaml"
        self.sites = SimulatedSites(
            self.region,
            toolchain,
            folder,
            program=self._project,
            catalogue=self._project / "catalogue",
            situation=self.situation_file,
            apart=True,
            databases=databases,
            logs=evidence.log_file("x").parent,
        )
        self.vcenters, self.engines = self.sites.vcenters, self.sites.engines
        self._cut: set[str] = set()
        self._not_drained: set[str] = set()
        self._sealed = folder / f".sealed-{secrets.token_hex(8)}"
        self.replication = self.sites.replicating(self._directions, self._trouble)

    @contextlib.contextmanager
    def open(self) -> Iterator[Exercise]:
        """Starts both sites and their projects; on leaving, whatever was started is stopped."""
        situation = self.situation
        if set(situation.sites.values()) != {"normal"} or situation.closed_buildings:
            delivered = self._workspace.situation(None)
            raise UitwijkError(f"{delivered}: a drill starts from a normal situation; this one is not")
        with self.sites as sites:
            self.evidence.forbid(sites.shared.values())
            self.evidence.forbid([vcenter.password for vcenter in sites.vcenters.values()])
            self.evidence.forbid([o.passphrase_file.read_text(encoding="utf-8") for o in sites.offices.values()])
            self.evidence.forbid([secret for database in sites.databases.values() for secret in database.secrets])
            with self.replication:
                yield self

    @property
    def situation(self) -> Situation:
        """What is declared now."""
        return load_situation(self.situation_file, self.region)

    def declare(self, *words: str, reason: str) -> None:
        """`uitwijk declare …`, typed in the drill's own project.

        Raises:
            UitwijkError: when the command refuses.
        """
        self._uitwijk("declare", *words, "--by", "drill", "--reason", reason, "--yes")

    def status(self) -> dict[str, Any]:
        """What `uitwijk status --json` says there."""
        result: dict[str, Any] = json.loads(self._uitwijk("status", "--json"))
        return result

    def check(self, site: str) -> dict[str, dict[str, str]]:
        """What `uitwijk check --json` says in the office of `site`: its lines, by subject."""
        found = json.loads(self._uitwijk("check", "--json", office=site, codes=(0, 1)))
        return {line["subject"]: line for line in found["lines"]}

    def forget(self, site: str) -> None:
        """`uitwijk rebuilt …`, typed in the office of `site`.

        Raises:
            UitwijkError: when the vCenter is not a new one.
        """
        self._uitwijk("rebuilt", site, "--yes", office=site)

    def _uitwijk(self, *words: str, office: str | None = None, codes: Collection[int] = (0,)) -> str:
        """Runs a command as a person does: in a project's folder, with that folder's situation, stacks and secrets."""
        stack = self.engines[office].stack if office else None
        env = {**(stack.env if stack else clean_environment(self._toolchain)), "PYTHONPATH": str(self._project)}
        done = subprocess.run(
            [sys.executable, "-m", "uitwijk", *words],
            cwd=stack.project if stack else self._project,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        # Python itself ends with 1, too, when it says why on standard error alone.
        if done.returncode not in codes or (done.returncode and not done.stdout):
            raise UitwijkError([f"uitwijk {' '.join(words)} failed", *done.stderr.strip().splitlines()])
        return done.stdout

    def up(self, *sites: str, totals: Mapping[str, int] | None = None) -> dict[str, Run]:
        """`pulumi up` of the stacks of `sites`, side by side, with progress.

        Raises:
            UitwijkError: when one fails.
        """
        return self._run("up", sites, totals or {})

    def preview(self, *sites: str, expect_failure: bool = False) -> dict[str, Run]:
        """`pulumi preview` of the stacks of `sites`, side by side.

        Raises:
            UitwijkError: when one fails, unless that is what is expected.
        """
        return self._run("preview", sites, {}, expect_failure=expect_failure)

    def _run(self, verb: str, sites: Sequence[str], totals: Mapping[str, int], **options: Any) -> dict[str, Run]:
        def one(site: str) -> Run:
            done = 0

            def count(_: str, __: str) -> None:
                nonlocal done
                done += 1
                if site in totals:
                    self.progress.machines(site, done, totals[site])

            run: Run = getattr(self.engines[site], verb)(on_machine=count, **options)
            return run

        return self.sites.side_by_side(one, *sites)

    def inventories(self, *sites: str) -> dict[str, Inventory]:
        """What stands in the vCenters of `sites`, by a client that knows nothing of Pulumi."""
        return self.sites.side_by_side(self.sites.inventory, *sites)

    def lose(self, site: str) -> None:
        """Cuts the site off: vCenter, guests' network, storage, and its office with stack file, state and secrets."""
        cut_off(self.vcenters[site].address.control)
        office = self.sites.offices[site].folder
        self._sealed.mkdir(exist_ok=True)
        os.rename(office, self._sealed / site)
        office.write_text("lost with the site\n", encoding="utf-8")
        self.sites.lose_state(site)
        self._cut.add(site)

    def give_back(self, site: str) -> None:
        """The site comes back as it was, its old machines running; its guests' network stays cut (fencing)."""
        self._reopen_office(site)
        vcenter = self.vcenters[site]
        vcenter.datastores("readable")
        vcenter.management("up")
        self._returned(site)

    def rebuild(self, site: str) -> None:
        """The site comes back with a new vCenter and empty storage; its stack's state still tells of the old one."""
        self._reopen_office(site)
        self.sites.rebuild(site)
        self.vcenters[site].guests_network("cut")
        self._returned(site)

    def _reopen_office(self, site: str) -> None:
        office = self.sites.offices[site].folder
        office.unlink()
        os.rename(self._sealed / site, office)
        self.sites.give_back_state(site)

    def _returned(self, site: str) -> None:
        self._cut.discard(site)
        self._not_drained.add(site)

    def restored_state(self, site: str) -> StackFacts:
        """What the state of a lost site says that its database's copy, at another site, was restored from.

        Raises:
            UitwijkError: it cannot be restored, or read.
        """
        try:
            text = self.sites.databases[site].restore().export(stack_name(project_name(self._project), site))
        except DatabaseError as error:
            raise UitwijkError(f"the restored state of {site} cannot be read: {error}") from error
        return parse_export(site, text or "")

    def lift_fencing(self, site: str) -> None:
        """The first `up` as drained went through: the guests' network is restored, replication into it may run."""
        self.vcenters[site].guests_network("up")
        self._not_drained.discard(site)

    def write_access(self, site: str) -> Path:
        """Writes a shell file, readable by its owner only, with which people look at a site themselves."""
        variables = self.vcenters[site].client_environment() | {
            name: value
            for name, value in self.engines[site].stack.env.items()
            if name.startswith(("PATH", "PULUMI_", "SSL_", "PGPASSFILE"))
        }
        return write_exports(self.folder / f"{site}.env", variables, self.engines[site].stack.project)

    def _directions(self) -> Directions:
        reachable = frozenset(set(self.vcenters) - self._cut)
        return Directions(self.situation.data, reachable, reachable - self._not_drained)

    def _trouble(self, line: str) -> None:
        self.evidence.event("replicate", "datasets", line)
