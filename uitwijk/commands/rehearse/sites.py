"""The sites of a rehearsal: simulated ones that are brought up for it, or those that the stack files name."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from uitwijk import utc
from uitwijk.continuity.calamity import NOTHING
from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import LogEntry, load_situation
from uitwijk.observe.pulumi import Pulumi, PulumiError
from uitwijk.observe.vcenter import vcenter_problem
from uitwijk.running.engine import Stack
from uitwijk.running.env import engine_environment
from uitwijk.running.toolchain import find_toolchain
from uitwijk.running.trust import trusting
from uitwijk.running.workspace import Workspace
from uitwijk.simulated.project import copy_program
from uitwijk.simulated.sites import SimulatedSites

Tell = Callable[[str], None]
"""Says what is being done."""


@contextlib.contextmanager
def simulated_sites(workspace: Workspace, region: Region, folder: Path, tell: Tell) -> Iterator[Mapping[str, Stack]]:
    """Both sites on simulated vCenters, brought up as on a normal day; stopped on leaving.

    Args:
        folder: gets the sites, their stacks and a copy of the program.

    Raises:
        UitwijkError: when the tool chain is missing, or a site does not come up.
    """
    toolchain = find_toolchain(build=True)
    folder.mkdir(exist_ok=True)
    program = copy_program(workspace.root, folder / "program")
    situation = folder / "situation.yaml"
    normal = NOTHING.situation(region)
    entry = LogEntry(epoch=normal.epoch, at=utc.now(), by="rehearsal", change="all normal", reason="a rehearsal")
    situation.write_text(normal.model_copy(update={"log": (entry,)}).model_dump_json(), encoding="utf-8")
    with SimulatedSites(
        region,
        toolchain,
        folder,
        program=program,
        catalogue=workspace.catalogue,
        situation=situation,
        apart=False,
        tell=tell,
    ) as sites:
        tell("bringing up both stacks as on a normal day")
        sites.side_by_side(lambda site: sites.engines[site].up())
        yield sites.stacks


@contextlib.contextmanager
def live_sites(workspace: Workspace, region: Region, _: Path, tell: Tell) -> Iterator[Mapping[str, Stack]]:
    """The sites that the stack files name, or those that `uitwijk sites` keeps up. They are only read.

    Raises:
        UitwijkError: naming each site that cannot be rehearsed on now.
    """
    situation = load_situation(workspace.situation(None), region)
    if situation.digest != NOTHING.situation(region).digest:
        raise UitwijkError(
            f"{workspace.situation(None).name}: a calamity is declared; rehearse on simulated sites (without --live), "
            "or when all is normal again"
        )
    env = engine_environment(workspace, os.environ)
    pulumi = Pulumi(workspace.root, env)
    tell("looking whether both vCenters answer")
    with trusting(env.get("SSL_CERT_FILE")), ThreadPoolExecutor(len(region.sites)) as pool:
        problems = [problem for problem in pool.map(lambda site: _problem(pulumi, site), region.sites) if problem]
    if problems:
        raise UitwijkError(problems)
    yield {site: Stack(site, workspace.stack_files, env) for site in region.sites}


def _problem(pulumi: Pulumi, site: str) -> str | None:
    try:
        server = (pulumi.configuration(site).get("vcenter") or {}).get("server")
    except PulumiError as error:
        return f"site {site}: {error.why}; {error.remedy}"
    if not server:
        return f"stack {site}: no uitwijk:vcenter is set; `pulumi config set --path uitwijk:vcenter.server …`"
    if problem := vcenter_problem(server):
        return f"vCenter of {site}: {problem}"
    return None
