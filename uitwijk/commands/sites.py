"""`uitwijk sites`: keeps both simulated sites up, for a calamity by hand with plain `pulumi`."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from uitwijk.continuity import load_region
from uitwijk.continuity.errors import UitwijkError
from uitwijk.running.toolchain import Toolchain, find_toolchain
from uitwijk.running.workspace import Workspace
from uitwijk.simulated.access import write_exports
from uitwijk.simulated.control import control, cut_off
from uitwijk.simulated.project import Project, SharedSecrets, bundle
from uitwijk.simulated.replication import Replication
from uitwijk.simulated.storage import Storage
from uitwijk.simulated.vcenter import USER, SimulatedVCenter

FIRST_PORT = 18441
"""Port of the first site's vCenter; the next site's is one higher."""


def keep_up(workspace: Workspace, first_port: int = FIRST_PORT) -> None:
    """Starts both sites with empty stacks and keeps them up until Ctrl-C or `uitwijk sites stop`.

    Raises:
        UitwijkError: when the sites run already, a port is in use or the tool chain is missing.
    """
    console = Console(highlight=False, soft_wrap=True)
    toolchain = find_toolchain(build=True)
    region = load_region(workspace.catalogue)
    folder = workspace.sites
    if (other := workspace.running_sites()) is not None:
        raise UitwijkError(f"the sites are up already (process {other['pid']}); `uitwijk sites stop` ends them")
    for number, site in enumerate(region.sites):
        _check_free(first_port + number, site)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    with contextlib.ExitStack() as stack:
        vcenters = {site: SimulatedVCenter(site, folder / "sites" / site) for site in region.sites}
        for number, vcenter in enumerate(vcenters.values()):
            console.print(f"starting the simulated vCenter of {vcenter.site} …")
            stack.callback(vcenter.stop)
            vcenter.start(toolchain.simulator, region, first_port + number)
        console.print("initialising both stacks …")
        project = Project(folder, folder / "home")
        trust = bundle(vcenters.values(), folder / "ca-bundle.pem")
        stacks = project.create(
            toolchain,
            vcenters.values(),
            SharedSecrets(),
            trust=trust,
            situation=workspace.situation(None),
            catalogue=workspace.catalogue,
            peers={},
            program=workspace.root,
        )
        # The storage watches the stacks through `pulumi`, with this project's tool chain and settings.
        os.environ.update(next(iter(stacks.values())).env)
        storage = Storage(region, vcenters, workspace.situation(None), next(iter(stacks.values())))
        replication = Replication(
            {site: vcenter.folder for site, vcenter in vcenters.items()}, storage.directions, console.print
        )
        stack.enter_context(replication)
        for vcenter in vcenters.values():
            write_exports(folder / f"{vcenter.site}.env", vcenter.client_environment())
        _write_summary(workspace.sites_note, toolchain, project, vcenters, trust)
        stack.callback(workspace.sites_note.unlink, missing_ok=True)
        _tell(workspace, console, vcenters)
        _until_stopped()
    console.print("the sites are down")


def stop(workspace: Workspace) -> None:
    """Ends the sites that `keep_up` runs elsewhere.

    Raises:
        UitwijkError: when none are up.
    """
    os.kill(_needed(workspace)["pid"], signal.SIGTERM)


def cut(workspace: Workspace, site: str) -> None:
    """Plays the loss of a site: its vCenter never answers, its guests' network and its storage are gone.

    Raises:
        UitwijkError: when no sites are up, or there is none of that name.
    """
    cut_off(_control_url(workspace, site))


def restore(workspace: Workspace, site: str) -> None:
    """The site comes back as it was when it was cut off, its old machines running.

    Raises:
        UitwijkError: when no sites are up, or there is none of that name.
    """
    url = _control_url(workspace, site)
    control(url, "POST", "/datastores", {"mode": "readable"})
    control(url, "POST", "/management", {"mode": "up"})
    control(url, "POST", "/guests-network", {"mode": "up"})


def _needed(workspace: Workspace) -> dict[str, Any]:
    summary = workspace.running_sites()
    if summary is None:
        raise UitwijkError("no simulated sites are up; `uitwijk sites` starts them")
    return summary


def _control_url(workspace: Workspace, site: str) -> str:
    sites: Mapping[str, Mapping[str, str]] = _needed(workspace)["sites"]
    if site not in sites:
        raise UitwijkError(f"{site} is no site; there are: {', '.join(sites)}")
    return sites[site]["control"]


def _check_free(port: int, site: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise UitwijkError(
                f"port {port} for the vCenter of {site} is in use; end what listens there, or choose others with "
                f"`uitwijk sites --first-port N`"
            ) from error


def _write_summary(
    note: Path, toolchain: Toolchain, project: Project, vcenters: Mapping[str, SimulatedVCenter], trust: Path
) -> None:
    shims = note.with_name("bin")
    shims.mkdir()
    pulumi = shims / "pulumi"
    # Plain `pulumi` finds the delivered stack files; these sites have their own, with their own secrets.
    pulumi.write_text(
        f'#!/bin/sh\nexec "{toolchain.pulumi}" --cwd "{project.folder / "project"}" "$@"\n', encoding="utf-8"
    )
    pulumi.chmod(0o755)
    summary = {
        "pid": os.getpid(),
        "path": [str(shims), *map(str, toolchain.path)],
        "env": project.env(trust),
        "sites": {
            site: {
                "server": vcenter.address.server,
                "user": USER,
                "control": vcenter.address.control,
                "ca": str(vcenter.address.ca),
            }
            for site, vcenter in vcenters.items()
        },
    }
    temporary = note.with_suffix(".writing")
    temporary.write_text(json.dumps(summary, indent=1), encoding="utf-8")
    os.replace(temporary, note)


def _tell(workspace: Workspace, console: Console, vcenters: Mapping[str, SimulatedVCenter]) -> None:
    first = next(iter(vcenters))
    for site, vcenter in vcenters.items():
        address = vcenter.address
        authority = _shown(address.ca, workspace.root)
        console.print(f"{site}: https://{address.server}/sdk   user {USER}   CA {authority}")
    console.print(
        "\nIn another terminal:\n"
        f'  eval "$({_shown(Path(sys.prefix) / "bin" / "uitwijk", workspace.root)} env)"\n'
        f"  {'; '.join(f'pulumi up --stack {site}' for site in vcenters)}\n"
        f"  uitwijk sites cut {first}      (and later: uitwijk sites restore {first})\n"
        "\nThe sites stay up until Ctrl-C here, or `uitwijk sites stop`."
    )


def _shown(path: Path, root: Path) -> Path:
    return path.relative_to(root) if path.is_relative_to(root) else path


def _until_stopped() -> None:
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: done.set())
    while not done.wait(3600):
        pass
