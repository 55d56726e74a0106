"""What `pulumi` tells about the stacks: where their vCenters are, and what was applied."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from uitwijk.commands.readiness.line import Line, attention, fail, not_checked, ok
from uitwijk.commands.readiness.locks import Lock, find_locks
from uitwijk.continuity.guard import StackFacts
from uitwijk.continuity.placement import Placement
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import Situation
from uitwijk.observe.stacks import parse_export, stack_name
from uitwijk.project import NAMESPACE, project_name
from uitwijk.wording import shortened

_TIMEOUT = 30.0
"""Seconds that `pulumi` may take to read a configuration or a state."""
_WAIT = "wait for that run to end"
_RISK = "To cancel a run that lives lets two write over each other's state, and machines run that no state knows"


class PulumiError(Exception):
    """Why `pulumi` could not answer, and what to do about it.

    Args:
        absent: whether there is nothing to read yet, or not from here, rather than something wrong.
    """

    def __init__(self, why: str, remedy: str, *, absent: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.remedy = remedy
        self.absent = absent


@dataclass(frozen=True)
class VCenter:
    """How to log in to a site's vCenter."""

    server: str
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class StackReading:
    """What could be read of one stack."""

    site: str
    vcenter: VCenter | None
    vcenter_problem: PulumiError | None
    """Why the vCenter's address or password is not known."""
    facts: StackFacts
    pending: Mapping[str, str]
    """What an update that did not end yet, or never will, was about to do: creating, deleting … by logical name."""
    locks: tuple[Lock, ...]
    """Of runs that keep others off the stack; known of file backends alone."""
    state_problem: PulumiError | None
    """Why the state cannot be read."""
    kept: Mapping[str, str | None] = field(default_factory=dict)
    """Where `state` and `secrets` are kept: a site, or `elsewhere`; what nobody said is missing."""


class Pulumi:
    """Read-only questions to `pulumi`.

    Args:
        folder: of the project.
        environment: of the engine.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._environment = dict(environment)

    def configuration(self, site: str) -> dict[str, Any]:
        """The stack's own settings by key without namespace, secrets in the clear.

        Raises:
            PulumiError: when they cannot be read.
        """
        text = self._ask("config", "--json", "--show-secrets", "--stack", site)
        settings: dict[str, dict[str, Any]] = json.loads(text)
        return {
            key.removeprefix(f"{NAMESPACE}:"): setting.get("objectValue", setting.get("value"))
            for key, setting in settings.items()
            if key.startswith(f"{NAMESPACE}:")
        }

    def export(self, site: str, backend: str | None) -> str:
        """The stack's state.

        Raises:
            PulumiError: when it cannot be read.
        """
        return self._ask("stack", "export", "--stack", self._whole_name(site), backend=backend)

    def locks(self, site: str, backend: str | None) -> tuple[Lock, ...]:
        """The locks on the stack, if its backend is a folder that can be read."""
        url = backend or self._environment.get("PULUMI_BACKEND_URL")
        try:
            return find_locks(
                url or json.loads(self._ask("whoami", "--json"))["url"], self._whole_name(site), self._folder
            )
        except PulumiError:
            return ()

    def _whole_name(self, site: str) -> str:
        return stack_name(project_name(self._folder), site)

    def _ask(self, *arguments: str, backend: str | None = None) -> str:
        environment = {**self._environment, **({"PULUMI_BACKEND_URL": backend} if backend else {})}
        try:
            done = subprocess.run(
                ["pulumi", *arguments, "--non-interactive", "--color", "never"],
                cwd=self._folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                timeout=_TIMEOUT,
            )
        except FileNotFoundError as error:
            raise PulumiError("pulumi is not on PATH", "`make tools`, or install Pulumi", absent=True) from error
        except OSError as error:
            raise PulumiError(f"pulumi cannot be run: {error.strerror}", "see `uitwijk env`", absent=True) from error
        except subprocess.TimeoutExpired as error:
            remedy = "see whether the state backend can be reached"
            raise PulumiError(f"pulumi did not answer within {_TIMEOUT:g} s", remedy) from error
        if done.returncode:
            raise _understood(done.stderr, arguments[-1].rsplit("/", 1)[-1])
        return done.stdout


def _understood(complaint: str, site: str) -> PulumiError:
    lines = [line.strip().removeprefix("error: ") for line in complaint.splitlines() if line.strip()]
    said = next((line.strip().removeprefix("error: ") for line in complaint.splitlines() if "error:" in line), "")
    why = said or (lines[-1] if lines else "pulumi failed without a word")
    if "no stack named" in why:
        return PulumiError(f"stack {site} is not initialised here", f"`pulumi stack init {site}`", absent=True)
    if "PULUMI_ACCESS_TOKEN" in complaint:
        return PulumiError("pulumi is not logged in to a state backend", "`pulumi login …`", absent=True)
    if "passphrase" in complaint:
        return PulumiError("the passphrase of the secrets is not set", "set PULUMI_CONFIG_PASSPHRASE_FILE", absent=True)
    return PulumiError(why, "run `uitwijk env` and see whether `pulumi stack export` works")


def read_stacks(pulumi: Pulumi, sites: Sequence[str]) -> dict[str, StackReading]:
    """What can be read of the stacks of `sites`, all at once."""
    with ThreadPoolExecutor(max_workers=max(1, len(sites))) as pool:
        configurations = dict(zip(sites, pool.map(lambda site: _configuration(pulumi, site), sites), strict=True))
        backends: dict[str, str] = {}
        for settings, _ in configurations.values():
            backends |= {peer: place["backend"] for peer, place in (settings.get("peers") or {}).items()}
        read = pool.map(lambda site: _read(pulumi, site, *configurations[site], backends.get(site)), sites)
        return dict(zip(sites, read, strict=True))


def _configuration(pulumi: Pulumi, site: str) -> tuple[dict[str, Any], PulumiError | None]:
    try:
        return pulumi.configuration(site), None
    except PulumiError as error:
        return {}, error


def _read(
    pulumi: Pulumi, site: str, settings: Mapping[str, Any], problem: PulumiError | None, backend: str | None
) -> StackReading:
    connection, password = settings.get("vcenter") or {}, settings.get("vcenterPassword")
    vcenter = None
    if connection and password:
        vcenter = VCenter(connection["server"], connection["user"], password)
    elif problem is None:
        missing = "uitwijk:vcenterPassword" if connection else "uitwijk:vcenter"
        problem = PulumiError(f"stack {site} has no {missing}", f"`pulumi config set {missing} --stack {site} …`")
    kept = settings.get("kept") or {}
    try:
        text = pulumi.export(site, backend)
        operations = (json.loads(text).get("deployment") or {}).get("pending_operations") or ()
        pending = {each["resource"]["urn"].rsplit("::", 1)[-1]: each.get("type", "") for each in operations}
        locks = pulumi.locks(site, backend)
        return StackReading(site, vcenter, problem, parse_export(site, text), pending, locks, None, kept)
    except PulumiError as error:
        return StackReading(site, vcenter, problem, StackFacts(site, False, error.why), {}, (), error, kept)


def stack_line(situation: Situation, reading: StackReading) -> Line:
    """Whether the stack can be read, and has applied this situation completely."""
    subject, facts, site = f"stack {reading.site}", reading.facts, reading.site
    if reading.state_problem:
        problem = reading.state_problem
        if problem.absent:
            return not_checked(subject, problem.why, problem.remedy)
        return fail(subject, f"its state cannot be read: {problem.why}", problem.remedy)
    if not facts.readable:
        return fail(subject, f"its state cannot be read: {facts.why}", f"see `pulumi stack export --stack {site}`")
    if reading.pending:
        unfinished = f"unfinished: {shortened(list(reading.pending))}"
        if any(lock.alive is not False for lock in reading.locks):
            return attention(subject, f"an update is under way; {unfinished}", f"see lock {site}")
        return fail(subject, f"an update was interrupted; {unfinished}", _way_out(reading))
    up = f"`pulumi up --stack {site}`"
    if facts.epoch is None:
        return attention(subject, "was never brought up", up)
    if facts.epoch > situation.epoch:
        return fail(
            subject,
            f"has applied epoch {facts.epoch}, the situation here is only epoch {situation.epoch}",
            "get the newest situation.yaml (git pull)",
        )
    if facts.epoch == situation.epoch and facts.digest != situation.digest:
        return fail(
            subject,
            f"has applied another situation with the same epoch {facts.epoch}: two copies were changed at once",
            "agree on one, then declare it anew",
        )
    if facts.epoch < situation.epoch:
        return attention(subject, f"is at epoch {facts.epoch}, the situation at epoch {situation.epoch}", up)
    return ok(subject, f"epoch {facts.epoch}, {len(facts.machines)} machines, nothing pending")


def lock_lines(reading: StackReading) -> Iterator[Line]:
    """Who keeps others off the stack, and what to do about it; nothing, if nobody does."""
    subject = f"lock {reading.site}"
    for lock in reading.locks:
        held = f"held since {lock.since:%Y-%m-%d %H:%M:%S} UTC by {lock.owner}, process {lock.pid}"
        if lock.alive:
            yield attention(subject, f"{held}, which is at work: no other run can change the stack", _WAIT)
        elif lock.alive is None:
            remedy = f"{_WAIT}. Only if it is dead for certain: {_way_out(reading)}. {_RISK}"
            yield attention(subject, f"{held}; whether that still runs cannot be seen from this machine", remedy)
        else:
            yield fail(subject, f"{held}, which is dead: its run was broken off", f"{_way_out(reading)}. {_RISK}")


def release_lines(region: Region, placement: Placement, reading: StackReading) -> Iterator[Line]:
    """Whether the stack gave away all that the situation takes from the site; nothing, if it did or is yet to do so."""
    facts, site = reading.facts, reading.site
    if reading.pending or facts.epoch != placement.epoch:
        return
    held = {name: region.workloads[region.machines[name].workload] for name in facts.machines & region.machines.keys()}
    left = sorted(name for name, w in held.items() if not w.hot and placement.workloads[w.key] != site)
    if left:
        yield fail(
            f"release {site}",
            f"stack {site} still holds {len(left)} machines that are placed elsewhere: {shortened(left)}. Its last run "
            "failed, and no other site takes them before they are gone",
            _way_out(reading),
        )


def _way_out(reading: StackReading) -> str:
    """What finishes a run that failed or was broken off. What the vCenter did since, the state may not know."""
    stack = f"--stack {reading.site}"
    half_made = sorted(name for name, operation in reading.pending.items() if operation == "creating")
    steps = [f"`pulumi cancel {stack}`"] if reading.locks else []
    if half_made:
        steps += [
            f"in the vCenter, switch off what there is of {', '.join(half_made)} and remove it from the inventory "
            "(never from disk: its data disks would go, too)",
            f"`pulumi refresh --clear-pending-creates {stack}`",
        ]
    else:
        steps += [f"`pulumi refresh {stack}`"]
    return ", then ".join([*steps, f"`pulumi up {stack}`"])
