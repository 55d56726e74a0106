"""`uitwijk sites` and `uitwijk env`, in a checkout of their own, with plain `pulumi`."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT
from tests.engine.ports import neighbouring_ports
from tests.engine.stage import HOME, processes_of
from tests.engine.waiting import wait_until
from tests.regions import SMALL
from uitwijk.observe.stacks import MACHINE

PACKAGES = ("components", "uitwijk")
FILES = ("Pulumi.yaml", "Pulumi.veldoord.yaml", "Pulumi.zandermeer.yaml", "situation.yaml", "__main__.py")


class Checkout:
    """A copy of the repository, its region small."""

    def __init__(self, folder: Path, first_port: int) -> None:
        self.folder = folder
        self.port = str(first_port)
        for package in PACKAGES:
            shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
        for file in ("Pulumi.yaml", "__main__.py"):
            shutil.copy(ROOT / file, folder)
        for file in ("Pulumi.veldoord.yaml", "Pulumi.zandermeer.yaml", "situation.yaml"):
            shutil.copy(SMALL.folder / file, folder)
        shutil.copytree(SMALL.catalogue, folder / "catalogue")

    def command(self, *words: str) -> list[str | Path]:
        return [sys.executable, "-m", "uitwijk", *words]

    def uitwijk(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*words),
            cwd=self.folder,
            env={**os.environ, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def delivered(self) -> dict[str, bytes]:
        """What a user's own files hold."""
        return {file: (self.folder / file).read_bytes() for file in FILES}

    def sites(self) -> subprocess.Popen[str]:
        """Starts `uitwijk sites`."""
        return subprocess.Popen(
            self.command("sites", "--first-port", self.port),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def simulators(self) -> list[str]:
        """Command lines of the simulators that play this checkout's sites."""
        return [command for command in processes_of(self.folder).values() if "vcenter-simulator" in command]


@pytest.fixture
def checkout(toolchain: object, tmp_path: Path) -> Iterator[Checkout]:
    assert toolchain
    with neighbouring_ports(2) as first_port:
        yield Checkout(tmp_path, first_port)


@pytest.fixture
def running(checkout: Checkout) -> Iterator[tuple[Checkout, subprocess.Popen[str]]]:
    """The checkout, and its `uitwijk sites` once both sites are up."""
    with checkout.sites() as process:
        try:
            wait_until(lambda: process.poll() is not None or (checkout.folder / ".sites" / "sites.json").exists())
            assert process.poll() is None, process.communicate()[0]
            yield checkout, process
        finally:
            process.terminate()


def test_plain_pulumi_plays_on_the_simulated_sites_and_touches_no_file_of_the_user(
    running: tuple[Checkout, subprocess.Popen[str]],
) -> None:
    checkout, process = running
    before = checkout.delivered()
    project = yaml.safe_load((checkout.folder / ".sites" / "project" / "Pulumi.yaml").read_text(encoding="utf-8"))
    assert Path(project["runtime"]["options"]["virtualenv"], "bin", "python").exists()
    script = f'eval "$({" ".join(map(str, checkout.command("env")))})" && pulumi preview --stack {HOME} --json'
    plan = subprocess.run(["sh", "-c", script], cwd=checkout.folder, capture_output=True, text=True, check=False)
    assert plan.returncode == 0, plan.stderr + plan.stdout
    steps = json.loads(plan.stdout)["steps"]
    machines = [step for step in steps if step["op"] == "create" and f"${MACHINE}::" in step["urn"]]
    assert len(machines) == 45
    assert checkout.delivered() == before

    second = checkout.uitwijk("sites", "--first-port", checkout.port)
    assert (second.returncode, second.stderr) == (
        2,
        f"error: the sites are up already (process {process.pid}); `uitwijk sites stop` ends them\n",
    )

    assert len(checkout.simulators()) == 2
    assert checkout.uitwijk("sites", "stop").returncode == 0
    said, _ = process.communicate()
    assert process.returncode == 0
    assert said.endswith("the sites are down\n")
    assert "Traceback" not in said
    assert not checkout.simulators()
    assert checkout.delivered() == before
    gone = checkout.uitwijk("sites", "stop")
    assert (gone.returncode, gone.stderr) == (2, "error: no simulated sites are up; `uitwijk sites` starts them\n")


def test_a_port_that_is_in_use_is_one_clear_error(checkout: Checkout) -> None:
    with socket.create_server(("127.0.0.1", int(checkout.port) + 1)):
        said = checkout.uitwijk("sites", "--first-port", checkout.port)
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr == (
        f"error: port {int(checkout.port) + 1} for the vCenter of zandermeer is in use; end what listens there, or "
        "choose others with `uitwijk sites --first-port N`\n"
    )
    assert not (checkout.folder / ".sites").exists()


@pytest.mark.parametrize("command", ["drill", "sites"])
def test_a_tool_chain_that_cannot_be_built_is_one_clear_error(checkout: Checkout, command: str) -> None:
    cache = checkout.folder / "situation.yaml"
    said = checkout.uitwijk(command, UITWIJK_CACHE=str(cache))
    assert said.returncode == 2
    assert said.stderr == f"error: {cache}: File exists\n"
    assert not (checkout.folder / "evidence").exists()


def test_a_pulumi_of_the_user_that_is_not_there_is_one_clear_error(checkout: Checkout) -> None:
    said = checkout.uitwijk("drill", UITWIJK_TOOLCHAIN="ambient", PATH="/nowhere")
    assert said.returncode == 2
    assert said.stderr.splitlines() == [
        "error: UITWIJK_TOOLCHAIN=ambient, but there is no pulumi on PATH.",
        "Install Pulumi with the vsphere and random plugins, or unset UITWIJK_TOOLCHAIN to have them built here.",
    ]
