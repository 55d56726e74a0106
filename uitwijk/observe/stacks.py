"""A stack's actual state, as `pulumi stack export` tells it: its outputs may be wrong after a failed update."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from uitwijk.continuity.guard import StackFacts

TIMEOUT = 10.0
"""Seconds."""
MACHINE = "vsphere:index/virtualMachine:VirtualMachine"
DISK = "vsphere:index/virtualDisk:VirtualDisk"
"""The engine's types of machines and of data disks."""
SITUATION = "uitwijk:index:Situation"


def stack_name(project: str, site: str) -> str:
    """The whole name of the stack of `site`, by which the engine finds it from any folder."""
    return f"organization/{project}/{site}"


def read_stack(
    site: str, backend: str | None = None, *, project: str, folder: Path | None = None, timeout: float = TIMEOUT
) -> StackFacts:
    """What the stack of `site` holds. Needs no passphrase and takes no lock. Whatever goes wrong makes it unreadable.

    Args:
        site: the site, which is the stack's name.
        backend: URL of the state backend, as for `pulumi login`; None: the one in use.
        project: what Pulumi calls the project.
        folder: the project's folder; None: the current one.
        timeout: in seconds; a `pulumi` that has not answered by then is killed with all its children.
    """
    try:
        text = _export(stack_name(project, site), backend, folder, timeout)
        return parse_export(site, text)
    except _UnreadableError as error:
        return StackFacts(site=site, readable=False, why=str(error))


def parse_export(site: str, text: str) -> StackFacts:
    """The facts in the text of an exported stack; unreadable if that is not what it is."""
    try:
        deployment = json.loads(text)["deployment"] or {}
        resources = list(_resources(deployment))
        situation = next((_applied(r) for r in resources if r["type"] == SITUATION), {})
        return StackFacts(
            site=site,
            readable=True,
            epoch=None if situation.get("epoch") is None else int(situation["epoch"]),
            digest=situation.get("digest"),
            machines=frozenset(_name(r) for r in resources if r["type"] == MACHINE),
            disks={_name(r): int(r["inputs"]["size"]) for r in resources if r["type"] == DISK},
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        return StackFacts(
            site=site, readable=False, why=f"its exported state is not understood ({type(error).__name__})"
        )


class _UnreadableError(Exception):
    """Why a stack cannot be read, in one line."""


def _export(stack: str, backend: str | None, folder: Path | None, timeout: float) -> str:
    environment = dict(os.environ)
    # The plugins' own way to reach the running engine must not leak into another one.
    for name in [name for name in environment if name.startswith("PULUMI_CONFIG")]:
        del environment[name]
    if backend:
        environment["PULUMI_BACKEND_URL"] = backend
    command = ["pulumi", "stack", "export", "--non-interactive", "--stack", stack]
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
    except OSError as error:
        raise _UnreadableError(f"pulumi cannot be run: {error.strerror}") from error
    try:
        output, complaint = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        raise _UnreadableError(f"no answer within {timeout:g} s") from None
    finally:
        _kill_group(process)
    if process.returncode != 0:
        raise _UnreadableError(_last_line(complaint) or f"pulumi stack export ended with code {process.returncode}")
    return output


def _kill_group(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1].removeprefix("error: ") if lines else ""


def _resources(deployment: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All resources; what an interrupted run was about to do, and what it has yet to delete, counts as there."""
    yield from deployment.get("resources") or ()
    for operation in deployment.get("pending_operations") or ():
        yield operation["resource"]


def _name(resource: dict[str, Any]) -> str:
    return str(resource["urn"].rsplit("::", 1)[1])


def _applied(resource: dict[str, Any]) -> dict[str, Any]:
    return resource.get("inputs") or resource.get("outputs") or {}
