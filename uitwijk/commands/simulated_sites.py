"""Keeps both simulated sites up, for a calamity by hand with plain `pulumi`, and plays outages on them."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from uitwijk.continuity import load_region
from uitwijk.continuity.errors import UitwijkError
from uitwijk.files import write_atomically
from uitwijk.running.toolchain import find_toolchain
from uitwijk.running.workspace import Workspace
from uitwijk.simulated.access import write_exports
from uitwijk.simulated.control import control, cut_off
from uitwijk.simulated.sites import SimulatedSites
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
    with SimulatedSites(
        region,
        toolchain,
        folder,
        program=workspace.root,
        catalogue=workspace.catalogue,
        situation=workspace.situation(None),
        apart=False,
        first_port=first_port,
        tell=lambda what: console.print(f"{what} …"),
    ) as sites:
        storage = Storage(region, sites.vcenters, sites.situation, sites.engines)
        with sites.replicating(storage.directions, console.print), _noted(workspace, sites):
            for vcenter in sites.vcenters.values():
                write_exports(folder / f"{vcenter.site}.env", vcenter.client_environment())
            _tell(workspace, console, sites.vcenters)
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


@contextlib.contextmanager
def _noted(workspace: Workspace, sites: SimulatedSites) -> Iterator[None]:
    """While the sites are up, `uitwijk env` knows how plain `pulumi` reaches them."""
    note = workspace.sites_note
    shims = note.with_name("bin")
    shims.mkdir()
    pulumi = shims / "pulumi"
    stack = next(iter(sites.stacks.values()))
    # Plain `pulumi` finds the delivered stack files; these sites have their own, with their own secrets.
    pulumi.write_text(f'#!/bin/sh\nexec "{sites.toolchain.pulumi}" --cwd "{stack.project}" "$@"\n', encoding="utf-8")
    pulumi.chmod(0o755)
    noted = {
        "pid": os.getpid(),
        "path": [str(shims), *map(str, sites.toolchain.path)],
        "env": sites.offices[stack.site].env(sites.trust),
        "sites": {
            site: {
                "server": vcenter.address.server,
                "user": USER,
                "control": vcenter.address.control,
                "ca": str(vcenter.address.ca),
            }
            for site, vcenter in sites.vcenters.items()
        },
    }
    write_atomically(note, json.dumps(noted, indent=1))
    try:
        yield
    finally:
        note.unlink(missing_ok=True)


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
