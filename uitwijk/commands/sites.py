"""`uitwijk sites`: keeps both simulated sites up, for a calamity by hand with plain `pulumi`."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from uitwijk.continuity import load_region
from uitwijk.continuity.errors import UitwijkError
from uitwijk.running.toolchain import ROOT, Toolchain, find_toolchain
from uitwijk.simulated.access import write_exports
from uitwijk.simulated.control import control, cut_off
from uitwijk.simulated.project import Project, SharedSecrets, bundle
from uitwijk.simulated.replication import Replication
from uitwijk.simulated.storage import Storage
from uitwijk.simulated.vcenter import USER, SimulatedVCenter

FOLDER = ROOT / ".sites"
SUMMARY = FOLDER / "sites.json"
"""What `uitwijk env` points to; exists while the sites are up."""
FIRST_PORT = 18441
"""Port of the first site's vCenter; the next site's is one higher."""


def keep_up(first_port: int = FIRST_PORT) -> None:
    """Starts both sites with empty stacks and keeps them up until Ctrl-C or `uitwijk sites stop`.

    Raises:
        UitwijkError: when the sites run already, a port is in use or the tool chain is missing.
    """
    console = Console(highlight=False, soft_wrap=True)
    toolchain = find_toolchain()
    region = load_region(ROOT / "catalogue")
    if (other := _running()) is not None:
        raise UitwijkError(f"the sites are up already (process {other['pid']}); `uitwijk sites stop` ends them")
    for number, site in enumerate(region.sites):
        _check_free(first_port + number, site)
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    with contextlib.ExitStack() as stack:
        vcenters = {site: SimulatedVCenter(site, FOLDER / "sites" / site) for site in region.sites}
        for number, vcenter in enumerate(vcenters.values()):
            console.print(f"starting the simulated vCenter of {vcenter.site} …")
            stack.callback(vcenter.stop)
            vcenter.start(toolchain.simulator, region, first_port + number)
        console.print("initialising both stacks …")
        project = Project(FOLDER, FOLDER / "home")
        trust = bundle(vcenters.values(), FOLDER / "ca-bundle.pem")
        stacks = project.create(
            toolchain,
            vcenters.values(),
            SharedSecrets(),
            trust=trust,
            situation=ROOT / "situation.yaml",
            catalogue=ROOT / "catalogue",
            peers={},
        )
        # The storage watches the stacks through `pulumi`, with this project's tool chain and settings.
        os.environ.update(next(iter(stacks.values())).env)
        storage = Storage(region, vcenters, ROOT / "situation.yaml", next(iter(stacks.values())))
        replication = Replication(
            {site: vcenter.folder for site, vcenter in vcenters.items()}, storage.directions, console.print
        )
        stack.enter_context(replication)
        for vcenter in vcenters.values():
            write_exports(FOLDER / f"{vcenter.site}.env", vcenter.client_environment())
        _write_summary(toolchain, project, vcenters, trust)
        stack.callback(SUMMARY.unlink, missing_ok=True)
        _tell(console, vcenters)
        _until_stopped()
    console.print("the sites are down")


def stop() -> None:
    """Ends the sites that `keep_up` runs elsewhere.

    Raises:
        UitwijkError: when none are up.
    """
    os.kill(_needed()["pid"], signal.SIGTERM)


def cut(site: str) -> None:
    """Plays the loss of a site: its vCenter never answers, its guests' network and its storage are gone.

    Raises:
        UitwijkError: when no sites are up, or there is none of that name.
    """
    cut_off(_control_url(site))


def restore(site: str) -> None:
    """The site comes back as it was when it was cut off, its old machines running.

    Raises:
        UitwijkError: when no sites are up, or there is none of that name.
    """
    url = _control_url(site)
    control(url, "POST", "/datastores", {"mode": "readable"})
    control(url, "POST", "/management", {"mode": "up"})
    control(url, "POST", "/guests-network", {"mode": "up"})


def _running() -> dict[str, Any] | None:
    try:
        summary: dict[str, Any] = json.loads(SUMMARY.read_text(encoding="utf-8"))
        os.kill(summary["pid"], 0)
    except (OSError, ValueError, KeyError):
        return None
    return summary


def _needed() -> dict[str, Any]:
    summary = _running()
    if summary is None:
        raise UitwijkError("no simulated sites are up; `make sites` starts them")
    return summary


def _control_url(site: str) -> str:
    sites: Mapping[str, Mapping[str, str]] = _needed()["sites"]
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
    toolchain: Toolchain, project: Project, vcenters: Mapping[str, SimulatedVCenter], trust: Path
) -> None:
    shims = FOLDER / "bin"
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
    temporary = SUMMARY.with_suffix(".writing")
    temporary.write_text(json.dumps(summary, indent=1), encoding="utf-8")
    os.replace(temporary, SUMMARY)


def _tell(console: Console, vcenters: Mapping[str, SimulatedVCenter]) -> None:
    for site, vcenter in vcenters.items():
        console.print(
            f"{site}: https://{vcenter.address.server}/sdk   user {USER}   CA {vcenter.address.ca.relative_to(ROOT)}"
        )
    console.print(
        "\nIn another terminal:\n"
        '  eval "$(.venv/bin/uitwijk env)"\n'
        "  pulumi up --stack bolsward; pulumi up --stack leeuwarden\n"
        "  uitwijk sites cut bolsward      (and later: uitwijk sites restore bolsward)\n"
        "\nThe sites stay up until Ctrl-C here, or `uitwijk sites stop`."
    )


def _until_stopped() -> None:
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: done.set())
    while not done.wait(3600):
        pass
