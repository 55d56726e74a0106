"""The one door to `pulumi`: short questions and orders. Long runs go through `running.engine`, which uses it, too."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.facts import StackFacts
from uitwijk.observe.database import SCHEME, Copy, Database, DatabaseError
from uitwijk.observe.locks import Lock, find_locks
from uitwijk.observe.stacks import parse_export, stack_name
from uitwijk.project import NAMESPACE, project_name

_ANSWER_SECONDS = 30.0
"""That `pulumi` may take to read a configuration or a state."""


class PulumiError(UitwijkError):
    """Why `pulumi` could not answer, and what to do about it.

    Args:
        why: in one line.
        remedy: a command, or what a person does.
        absent: whether there is nothing to read yet, or not from here, rather than something wrong.
        uninitialised: whether that is because the backend has no such stack: it was never made, or lost.
    """

    def __init__(self, why: str, remedy: str, *, absent: bool = False, uninitialised: bool = False) -> None:
        super().__init__(f"{why}; {remedy}" if remedy else why)
        self.why = why
        self.remedy = remedy
        self.absent = absent
        self.uninitialised = uninitialised


class Pulumi:
    """`pulumi` in one project.

    Args:
        folder: of the Pulumi.yaml to use.
        environment: the whole environment of `pulumi`, its PATH included.
        project: what Pulumi calls the project; None: what its Pulumi.yaml says.
        answer_seconds: how long it may take to answer a question; then it is killed with all its children.
    """

    def __init__(
        self,
        folder: Path,
        environment: Mapping[str, str],
        *,
        project: str | None = None,
        answer_seconds: float = _ANSWER_SECONDS,
    ) -> None:
        self._folder = folder
        self._environment = dict(environment)
        self._project = project
        self._answer_seconds = answer_seconds
        self._own_url: str | None = None

    @property
    def program(self) -> str:
        """Path of the program.

        Raises:
            PulumiError: it is not on PATH.
        """
        found = shutil.which("pulumi", path=self._environment.get("PATH", os.defpath))
        if found is None:
            remedy = "`python -m uitwijk.tools.build`, or install Pulumi and set UITWIJK_TOOLCHAIN=ambient"
            raise PulumiError("pulumi is not on PATH", remedy, absent=True)
        return found

    def configuration(self, site: str, *, through: str | None = None) -> dict[str, Any]:
        """The settings of the stack of `site` by key without namespace, secrets in the clear.

        Args:
            site: the site, which is the stack's name.
            through: a stack that is here, if that of `site` is not: only the stack file of `site` is read.

        Raises:
            PulumiError: they cannot be read.
        """
        file = ("--config-file", str(self._folder / f"Pulumi.{site}.yaml")) if through else ()
        text = self._ask("config", "--json", "--show-secrets", "--stack", through or site, *file)
        settings: dict[str, dict[str, Any]] = json.loads(text)
        return {
            key.removeprefix(f"{NAMESPACE}:"): setting.get("objectValue", setting.get("value"))
            for key, setting in settings.items()
            if key.startswith(f"{NAMESPACE}:")
        }

    def has_stack_file(self, site: str) -> bool:
        """Whether settings of the stack of `site` lie in the project's folder."""
        return (self._folder / f"Pulumi.{site}.yaml").exists()

    def export(self, site: str, backend: str | None = None, *, show_secrets: bool = False) -> str:
        """The state of the stack of `site`, as JSON. Needs no passphrase and takes no lock.

        Args:
            site: the site, which is the stack's name.
            backend: URL of the state backend; None: the one in use.
            show_secrets: in the clear, for which the passphrase is needed.

        Raises:
            PulumiError: it cannot be read.
        """
        if backend and backend.startswith(SCHEME) and not show_secrets:
            return self._read_database(site, backend)
        flags = ("--show-secrets",) if show_secrets else ()
        return self._ask("stack", "export", *flags, "--stack", self._whole_name(site), backend=backend)

    def facts(self, site: str, backend: str | None = None) -> StackFacts:
        """What the stack of `site` holds. Whatever goes wrong makes it unreadable, and says why."""
        try:
            return parse_export(site, self.export(site, backend))
        except PulumiError as error:
            return StackFacts(site=site, readable=False, why=error.why)

    def locks(self, site: str, backend: str | None = None) -> tuple[Lock, ...]:
        """The locks on the stack of `site`, if its backend is a folder or database that can be read; else none."""
        try:
            return find_locks(self._url(backend), self._whole_name(site), self._folder, self._environment)
        except PulumiError:
            return ()

    def copy(self, backend: str | None = None) -> Copy | None:
        """How the copy of a state backend at another site stands; None: it is not a database, or cannot be read."""
        try:
            url = self._url(backend)
            return Database(url, self._environment).copy() if url.startswith(SCHEME) else None
        except (PulumiError, DatabaseError):
            return None

    def _url(self, backend: str | None) -> str:
        if backend is not None:
            return backend
        if self._own_url is None:
            told = self._environment.get("PULUMI_BACKEND_URL")
            self._own_url = str(told or json.loads(self._ask("whoami", "--json"))["url"])
        return self._own_url

    def _read_database(self, site: str, backend: str) -> str:
        try:
            text = Database(backend, self._environment).export(self._whole_name(site))
        except DatabaseError as error:
            raise PulumiError(str(error), "see whether the state backend can be reached") from None
        if text is None:
            raise _uninitialised(site)
        return text

    def order(self, *arguments: str, stdin: str | None = None) -> str:
        """Has a short command run to its end, however long it takes, and returns what it prints.

        Args:
            arguments: of `pulumi`; no secret is among them, for errors repeat them.
            stdin: what it reads; the place for secrets.

        Raises:
            UitwijkError: it fails, with the command and what it said.
        """
        try:
            return self._run(arguments, self._environment, stdin, None)
        except PulumiError as error:
            raise UitwijkError(f"`pulumi {' '.join(arguments)}`: {error}") from error

    def _whole_name(self, site: str) -> str:
        return stack_name(self._project or project_name(self._folder), site)

    def _ask(self, *arguments: str, backend: str | None = None) -> str:
        environment = {**self._environment, **({"PULUMI_BACKEND_URL": backend} if backend else {})}
        return self._run(arguments, environment, None, self._answer_seconds)

    def _run(
        self, arguments: tuple[str, ...], environment: Mapping[str, str], stdin: str | None, seconds: float | None
    ) -> str:
        try:
            process = subprocess.Popen(
                [self.program, *arguments, "--non-interactive", "--color", "never"],
                cwd=self._folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
        except OSError as error:
            raise PulumiError(f"pulumi cannot be run: {error.strerror}", "see `uitwijk env`", absent=True) from error
        try:
            output, complaint = process.communicate(stdin, timeout=seconds)
        except subprocess.TimeoutExpired as error:
            remedy = "see whether the state backend can be reached"
            raise PulumiError(f"pulumi did not answer within {seconds:g} s", remedy) from error
        finally:
            _kill_group(process)
        if process.returncode:
            raise _understood(arguments, complaint, process.returncode)
        return output


def _kill_group(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def _uninitialised(site: str) -> PulumiError:
    why, remedy = f"stack {site} is not initialised here", f"`pulumi stack init {site}`"
    return PulumiError(why, remedy, absent=True, uninitialised=True)


def _understood(arguments: tuple[str, ...], complaint: str, code: int) -> PulumiError:
    lines = [line.strip() for line in complaint.splitlines() if line.strip()]
    said = next((line for line in lines if "error:" in line), lines[-1] if lines else "")
    why = said.removeprefix("error: ") or f"pulumi {' '.join(arguments[:2])} ended with code {code}"
    if "no stack named" in why and "--stack" in arguments:
        site = arguments[arguments.index("--stack") + 1].rsplit("/", 1)[-1]
        return _uninitialised(site)
    if "PULUMI_ACCESS_TOKEN" in complaint:
        return PulumiError("pulumi is not logged in to a state backend", "`pulumi login …`", absent=True)
    if "passphrase" in complaint:
        return PulumiError("the passphrase of the secrets is not set", "set PULUMI_CONFIG_PASSPHRASE_FILE", absent=True)
    return PulumiError(why, "run `uitwijk env` and see whether `pulumi stack export` works")
