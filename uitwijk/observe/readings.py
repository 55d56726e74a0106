"""What can be read of the sites from a desk: their stacks and, with the login in a stack's settings, their vCenters."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.facts import StackFacts
from uitwijk.observe.database import Copy
from uitwijk.observe.inventory import Inventory, read_inventory
from uitwijk.observe.locks import Lock
from uitwijk.observe.login import Login
from uitwijk.observe.pulumi import Pulumi, PulumiError
from uitwijk.observe.stacks import parse_export
from uitwijk.observe.vcenter import vcenter_problem


@dataclass(frozen=True)
class StackReading:
    """What could be read of one stack."""

    site: str
    vcenter: Login | None
    vcenter_problem: PulumiError | None
    """Why the vCenter's address or password is not known."""
    facts: StackFacts
    pending: Mapping[str, str]
    """What an update that did not end yet, or never will, was about to do: creating, deleting … by logical name."""
    locks: tuple[Lock, ...]
    """Of runs that keep others off the stack; known of backends that are folders or databases."""
    state_problem: PulumiError | None
    """Why the state cannot be read."""
    kept: Mapping[str, str | None] = field(default_factory=dict)
    """Where `state` and `secrets` are kept: a site, or `elsewhere`; what nobody said is missing."""
    copy: Copy | None = None
    """How the copy of its state at the other site stands, if it is in a database."""


def read_stacks(pulumi: Pulumi, sites: Sequence[str]) -> dict[str, StackReading]:
    """What can be read of the stacks of `sites`, all at once."""
    with ThreadPoolExecutor(max_workers=max(1, len(sites))) as pool:
        configurations = dict(
            zip(sites, pool.map(lambda site: _configuration(pulumi, site, sites), sites), strict=True)
        )
        backends: dict[str, str] = {}
        for settings, _ in configurations.values():
            backends |= {peer: place["backend"] for peer, place in (settings.get("peers") or {}).items()}
        read = pool.map(lambda site: _read(pulumi, site, *configurations[site], backends.get(site)), sites)
        return dict(zip(sites, read, strict=True))


def read_vcenters(readings: Mapping[str, StackReading]) -> dict[str, Inventory | str]:
    """The inventory of each site whose vCenter is known, or why it cannot be had; all at once."""
    known = {site: reading.vcenter for site, reading in readings.items() if reading.vcenter is not None}
    with ThreadPoolExecutor(max_workers=max(1, len(known))) as pool:
        return dict(zip(known, pool.map(_read_vcenter, known.values()), strict=True))


def read_lost(pulumi: Pulumi, site: str, living: Sequence[str]) -> Inventory | str:
    """What stands in the vCenter of a site that is declared lost, if it answers again; else why that is not known.

    Only its vCenter is looked at. Its stack is left alone, for its state may be as lost as the site.

    Args:
        pulumi: in the project of whoever looks.
        site: the site.
        living: the sites that are not declared lost; its settings may be read where one of their stacks is.
    """
    settings, _ = _configuration(pulumi, site, living)
    try:
        vcenter = Login(settings["vcenter"]["server"], settings["vcenter"]["user"], settings["vcenterPassword"])
    except (KeyError, TypeError):
        return "nobody here knows its vCenter"
    return _read_vcenter(vcenter)


def _configuration(pulumi: Pulumi, site: str, sites: Sequence[str]) -> tuple[dict[str, Any], PulumiError | None]:
    """The settings of a stack. Of one whose state is kept elsewhere, they are read where another of `sites` is."""
    try:
        return pulumi.configuration(site), None
    except PulumiError as error:
        problem = error
    if problem.absent and pulumi.has_stack_file(site):
        for other in sites:
            with contextlib.suppress(PulumiError):
                return pulumi.configuration(site, through=other), None
    return {}, problem


def _read(
    pulumi: Pulumi, site: str, settings: Mapping[str, Any], problem: PulumiError | None, backend: str | None
) -> StackReading:
    connection, password = settings.get("vcenter") or {}, settings.get("vcenterPassword")
    vcenter = None
    if connection and password:
        vcenter = Login(connection["server"], connection["user"], password)
    elif problem is None:
        missing = "uitwijk:vcenterPassword" if connection else "uitwijk:vcenter"
        problem = PulumiError(f"stack {site} has no {missing}", f"`pulumi config set {missing} --stack {site} …`")
    kept = settings.get("kept") or {}
    try:
        text = pulumi.export(site, backend)
        operations = (json.loads(text).get("deployment") or {}).get("pending_operations") or ()
        pending = {each["resource"]["urn"].rsplit("::", 1)[-1]: each.get("type", "") for each in operations}
        locks = pulumi.locks(site, backend)
        facts, copy = parse_export(site, text), pulumi.copy(backend)
        return StackReading(site, vcenter, problem, facts, pending, locks, None, kept, copy)
    except PulumiError as error:
        return StackReading(site, vcenter, problem, StackFacts(site, False, error.why), {}, (), error, kept)


def _read_vcenter(vcenter: Login) -> Inventory | str:
    if problem := vcenter_problem(vcenter.server):
        return problem
    try:
        return read_inventory(vcenter.server, vcenter.user, vcenter.password)
    except UitwijkError as error:
        return "; ".join(error.problems)
