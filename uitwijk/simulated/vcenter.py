"""One simulated vCenter: starts the simulator's process and speaks to its control endpoint."""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.region import Region
from uitwijk.continuity.site_inventory import site_inventory
from uitwijk.running import children
from uitwijk.simulated.control import control

USER = "uitwijk@vsphere.local"
_READY_SECONDS = 30


@dataclass(frozen=True)
class Address:
    """How to reach a running simulator."""

    server: str
    """`host:port` of the vCenter."""
    control: str
    """URL of the control endpoint."""
    ca: Path
    """The site's certificate authority."""


class SimulatedVCenter:
    """The vCenter of one site, played by a simulator.

    Args:
        folder: the site's own folder; its datastores are folders below it.
    """

    def __init__(self, site: str, folder: Path) -> None:
        self.site = site
        self.folder = folder
        self.password = secrets.token_urlsafe(18)
        self._process: subprocess.Popen[str] | None = None
        self._address: Address | None = None

    @property
    def address(self) -> Address:
        """Where it listens."""
        assert self._address is not None, "started"
        return self._address

    @property
    def pid(self) -> int:
        """Process id of the simulator."""
        assert self._process is not None, "started"
        return self._process.pid

    def start(self, simulator: Path, region: Region, port: int = 0) -> None:
        """Starts the simulator and waits until it answers.

        Call it from the main thread: the child dies with the thread that started it.

        Raises:
            UitwijkError: when it does not come up, with its own last words.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        inventory = self.folder / "inventory.json"
        inventory.write_text(json.dumps(site_inventory(region, self.site), indent=1), encoding="utf-8")
        ca, ready, log = self.folder / "ca.pem", self.folder / "ready.json", self.folder / "simulator.log"
        ready.unlink(missing_ok=True)
        with log.open("w", encoding="utf-8") as output:
            self._process = children.start(
                [
                    *(simulator, "--inventory", inventory, "--data", self.folder, "--ca-out", ca, "--ready", ready),
                    *("--listen", f"127.0.0.1:{port}", "--control", "127.0.0.1:0", "--user", USER),
                ],
                env={"VCENTER_PASSWORD": self.password},
                stdout=output,
                stderr=output,
            )
        deadline = time.monotonic() + _READY_SECONDS
        while not (ready.exists() and ready.read_text(encoding="utf-8").strip()):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                words = log.read_text(encoding="utf-8").strip().splitlines()
                raise UitwijkError(
                    f"simulated vCenter {self.site}: {words[-1] if words else 'does not start'} (log: {log})"
                )
            time.sleep(0.02)
        said = json.loads(ready.read_text(encoding="utf-8"))
        self._address = Address(said["server"], said["control"], ca)

    def rebuild(self, simulator: Path, region: Region) -> None:
        """Puts a new vCenter in the place of this one: hosts, networks, templates, and empty storage.

        It has the old address and account, and a certificate authority of its own. Call it from the main thread.

        Raises:
            UitwijkError: when it does not come up.
        """
        port = int(self.address.server.rsplit(":", 1)[1])
        self.stop()
        shutil.rmtree(self.folder / "datastores")
        self.start(simulator, region, port)

    def stop(self) -> None:
        """Ends the process."""
        if self._process is not None:
            children.stop(self._process, patience_seconds=5)

    def management(self, mode: Literal["up", "refuse", "hang", "drop"]) -> None:
        """Cuts off or restores the vCenter itself."""
        self._control("POST", "/management", {"mode": mode})

    def guests_network(self, mode: Literal["up", "cut"]) -> None:
        """Cuts off or restores the guests' network."""
        self._control("POST", "/guests-network", {"mode": mode})

    def datastores(self, mode: Literal["readable", "unreadable"]) -> None:
        """Makes the site's storage unreadable, or readable again with nothing lost."""
        self._control("POST", "/datastores", {"mode": mode})

    def mark(self) -> str:
        """A point in the simulator's observations, for `observed`."""
        return str(self._control("POST", "/observed/mark")["cursor"])

    def observed(self, since: str = "") -> dict[str, Any]:
        """What the simulator saw since a mark: power events, requests by login and method, attempts while cut off."""
        query = f"?since={since}" if since else ""
        return self._control("GET", f"/observed{query}")

    def state(self) -> dict[str, Any]:
        """Modes and counts."""
        return self._control("GET", "/state")

    def client_environment(self) -> dict[str, str]:
        """What govc, and whatever follows its conventions, needs to log in."""
        return {
            "GOVC_URL": f"https://{self.address.server}/sdk",
            "GOVC_USERNAME": USER,
            "GOVC_PASSWORD": self.password,
            "GOVC_TLS_CA_CERTS": str(self.address.ca),
        }

    def _control(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        return control(self.address.control, method, path, body)
