"""What goes wrong in the middle of a run, and what is left of it."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import signal
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from pyVim.connect import Disconnect, SmartConnect
from pyVim.task import WaitForTask
from pyVmomi import vim

from tests.conftest import ROOT
from tests.engine.stage import Stage, processes_of
from tests.engine.waiting import wait_until
from uitwijk.commands.readiness.line import Line
from uitwijk.commands.readiness.stacks import lock_lines, release_lines, stack_line
from uitwijk.commands.readiness.strays import stray_lines
from uitwijk.continuity import place
from uitwijk.observe.pulumi import Pulumi
from uitwijk.observe.readings import StackReading, read_stacks
from uitwijk.running.engine import Run
from uitwijk.simulated.control import control
from uitwijk.simulated.vcenter import USER
from uitwijk.wording import up_command

BEGINNING = datetime.min.replace(tzinfo=UTC)


@contextlib.contextmanager
def killed_while(stage: Stage, site: str, waits: Callable[[], bool]) -> Iterator[None]:
    """Inside, an `up` of the site's stack is under way, and `waits`; then its engine is killed with all it started.

    What the vCenter was asked for and held back, it does afterwards.
    """
    with ThreadPoolExecutor() as pool:
        run = pool.submit(stage.up, site, expect_failure=True)
        try:
            wait_until(lambda: waits() or run.done())
            assert not run.done(), run.result()[site].errors
            yield
        finally:
            for process in sorted(processes_of(stage.sites.offices[site].home)):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
        assert run.result()[site].code
    stage.heal(site)


def held_back(stage: Stage, site: str) -> bool:
    """Whether a call to the site's vCenter has met a fault."""
    rules = control(stage.vcenters[site].address.control, "GET", "/faults")
    return any(rule["hits"] for rule in rules)


def reading(stage: Stage, site: str) -> StackReading:
    """What `uitwijk check` reads of the site's stack."""
    stack = stage.engines[site].stack
    return read_stacks(Pulumi(stack.project, stack.env), [site])[site]


def lines(stage: Stage, site: str) -> list[Line]:
    """What `uitwijk check` says about the site's stack: itself, its locks, and what it should have given away."""
    read, placement = reading(stage, site), place(stage.region, stage.situation)
    return [stack_line(stage.situation, read), *lock_lines(read), *release_lines(stage.region, placement, read)]


def follow(stage: Stage, site: str, remedy: str) -> Run:
    """Types the commands of a remedy, in their order, and confirms what they ask; the last one is an `up`."""
    *first, last = commands(remedy)
    assert last == up_command(site)
    assert first == [f"uitwijk recover {site}"]
    said = uitwijk(stage, site, "recover", site, "--yes")
    assert said.returncode == 0, said.stdout + said.stderr
    return stage.up(site)[site]


def commands(remedy: str) -> list[str]:
    """What a remedy says to type."""
    return re.findall(r"`([^`]+)`", remedy)


def typed(stage: Stage, site: str, *words: str) -> subprocess.Popen[str]:
    """Types a command in the office of `site`, and does not wait for it."""
    stack = stage.engines[site].stack
    return subprocess.Popen(
        [sys.executable, "-m", "uitwijk", *words],
        cwd=stack.project,
        env={**stack.env, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def uitwijk(stage: Stage, site: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Types a command in the office of `site`, and waits for its end."""
    with typed(stage, site, *words) as process:
        said, complained = process.communicate()
    return subprocess.CompletedProcess(process.args, process.returncode, said, complained)


def disorder(stage: Stage, site: str) -> str:
    """What is not as declared: each machine stands once and runs, and the next preview is empty. Empty: nothing."""
    machines, expected = stage.inventory(site).machines, stage.expected(site)
    running = {machine.name for machine in machines if machine.powered_on}
    if running != expected or len(machines) != len(expected):
        return f"machines of {site}: {sorted(running ^ expected)}, {len(machines)} for {len(expected)}"
    if changed := stage.preview(site)[site].changed:
        return f"the next preview of {site} has changes: {changed}"
    return ""


class Administrator:
    """Somebody with an account of his own at a site's vCenter."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def switch_off(self, *names: str) -> None:
        """Those that are on."""
        for machine in self._named(names):
            if machine.runtime.powerState == vim.VirtualMachine.PowerState.poweredOn:
                WaitForTask(machine.PowerOffVM_Task(), si=self._connection)

    def unregister(self, *names: str) -> None:
        """Out of the inventory, every file left alone."""
        for machine in self._named(names):
            machine.UnregisterVM()

    def rename(self, name: str, other: str) -> None:
        """Gives a machine another name."""
        for machine in self._named([name]):
            WaitForTask(machine.Rename_Task(other), si=self._connection)

    def snapshot(self, *names: str) -> None:
        """As a backup makes one."""
        for machine in self._named(names):
            WaitForTask(machine.CreateSnapshot_Task("backup", "", False, False), si=self._connection)

    def consolidate(self, *names: str) -> None:
        """All snapshots are removed."""
        for machine in self._named(names):
            WaitForTask(machine.RemoveAllSnapshots_Task(), si=self._connection)

    def note(self, name: str, text: str) -> None:
        """Gives a machine or a template other notes."""
        for machine in self._named([name]):
            WaitForTask(machine.ReconfigVM_Task(vim.vm.ConfigSpec(annotation=text)), si=self._connection)

    def make_folder(self, name: str) -> None:
        """For machines, at the top."""
        (datacenter,) = self._connection.content.rootFolder.childEntity
        datacenter.vmFolder.CreateFolder(name)

    def _named(self, names: Iterable[str]) -> list[Any]:
        content = self._connection.content
        view = content.viewManager.CreateContainerView(content.rootFolder, [vim.VirtualMachine], True)
        return [machine for machine in view.view if machine.name in names]


@contextlib.contextmanager
def administrator(stage: Stage, site: str) -> Iterator[Administrator]:
    """A session of an administrator."""
    vcenter = stage.vcenters[site]
    host, port = vcenter.address.server.rsplit(":", 1)
    trust = ssl.create_default_context(cafile=str(vcenter.address.ca))
    connection = SmartConnect(host=host, port=int(port), user=USER, pwd=vcenter.password, sslContext=trust)
    try:
        yield Administrator(connection)
    finally:
        Disconnect(connection)


def call(stage: Stage, site: str, path: str, body: object, *, method: str = "POST") -> Any:
    """What the REST interface of the site's vCenter answers to its administrator."""
    vcenter = stage.vcenters[site]
    context = ssl.create_default_context(cafile=str(vcenter.address.ca))

    def ask(path: str, content: object, method: str, headers: dict[str, str]) -> Any:
        request = urllib.request.Request(
            f"https://{vcenter.address.server}/rest/com/vmware/cis/{path}",
            method=method,
            data=json.dumps(content).encode(),
            headers={"Content-Type": "application/json", **headers},
        )
        with urllib.request.urlopen(request, timeout=30, context=context) as answer:
            said = answer.read()
        return json.loads(said)["value"] if said else None

    login = base64.b64encode(f"{USER}:{vcenter.password}".encode()).decode()
    token = ask("session", None, "POST", {"Authorization": f"Basic {login}"})
    return ask(path, body, method, {"vmware-api-session-id": token})


def remove_from_inventory(stage: Stage, site: str, names: Iterable[str]) -> None:
    """What an administrator does with half-made machines: off, and out of the inventory, their disks left alone."""
    names = list(names)
    with administrator(stage, site) as machines:
        machines.switch_off(*names)
        machines.unregister(*names)


def strays(stage: Stage, site: str) -> set[str]:
    """The machines that `uitwijk check` names as standing in the vCenter without being in the stack."""
    named = stray_lines(stage.region, reading(stage, site), stage.inventory(site))
    return {name for line in named for name in line.why.rpartition(": ")[2].split(", ")}


def ever_ran_twice(stage: Stage, *, after: datetime = BEGINNING) -> set[str]:
    """The cold machines that ran at both sites at one moment, by the vCenters' own record of all that was switched.

    Of what was switched until `after` only where it left each machine counts.
    """
    cold = set().union(*(stage.cold(site) for site in stage.vcenters))
    switched = sorted(
        (datetime.fromisoformat(event["at"]), event["state"] == "poweredOn", event["vm"], site)
        for site, vcenter in stage.vcenters.items()
        for event in vcenter.observed()["power"]
        if event["vm"] in cold
    )
    running: dict[str, set[str]] = {name: set() for name in cold}
    twice = set()
    for at, on, name, site in switched:
        (running[name].add if on else running[name].discard)(site)
        if len(running[name]) > 1 and at > after:
            twice.add(name)
    assert {name for _, _, name, _ in switched} >= stage.cold(stage.home), "what was switched is on record"
    return twice
