"""Gathers the facts that the guard judges, all at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from uitwijk.continuity.facts import Facts, StackFacts, VCenterFacts
from uitwijk.continuity.region import Region, dataset_datastore
from uitwijk.continuity.situation import Situation
from uitwijk.observe.login import Login
from uitwijk.observe.pulumi import Pulumi
from uitwijk.observe.vcenter import vcenter_problem

_ANSWER_SECONDS = 10.0
"""That a stack's state may take to be read."""

ReadStack = Callable[[str, str | None], StackFacts]
"""Site and state backend (None: the one in use) to the stack's facts."""
ReachVCenter = Callable[[str], str | None]
"""Server to why it does not answer; None: it does."""
LookIntoVCenter = Callable[[Login, Collection[str]], VCenterFacts]
"""Login and the datastores with the data to what stands there."""


def read_stack(
    site: str, backend: str | None = None, *, project: str, answer_seconds: float = _ANSWER_SECONDS
) -> StackFacts:
    """What the stack of `site` holds, as seen from inside the running program. Whatever goes wrong makes it unreadable.

    Args:
        site: the site, which is the stack's name.
        backend: URL of the state backend, as for `pulumi login`; None: the one in use.
        project: what Pulumi calls the project.
        answer_seconds: then a `pulumi` that has not answered is killed with all its children.
    """
    # The plugins' own way to reach the running engine must not leak into another one.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PULUMI_CONFIG")}
    pulumi = Pulumi(Path(), environment, project=project, answer_seconds=answer_seconds)
    return pulumi.facts(site, backend)


def _look(login: Login, datastores: Collection[str]) -> VCenterFacts:
    # Imported where it is used, for commands that look into no vCenter start without its library.
    from uitwijk.observe.vcenter_facts import read_vcenter_facts

    return read_vcenter_facts(login, datastores)


def gather(
    region: Region,
    situation: Situation,
    site: str,
    project: str,
    vcenter: Login,
    peer_backends: Mapping[str, str],
    *,
    read: ReadStack | None = None,
    reach: ReachVCenter = vcenter_problem,
    look: LookIntoVCenter = _look,
) -> Facts:
    """The facts for the stack of `site`. A peer that is declared lost is not asked in any way.

    Args:
        region: the region.
        situation: what is declared.
        site: the site whose stack is about to be previewed or brought up.
        project: what Pulumi calls the project.
        vcenter: of that site.
        peer_backends: state backend by site, for peers that do not share this stack's.
        read: reads a stack; replaceable in tests.
        reach: sees whether a vCenter answers; replaceable in tests.
        look: sees what stands in it, if it answers; replaceable in tests.
    """
    read = read or partial(read_stack, project=project)
    peers = [peer for peer in region.sites if peer != site and situation.reachable(peer)]
    with ThreadPoolExecutor(max_workers=len(peers) + 2) as pool:
        own = pool.submit(read, site, None)
        others = {peer: pool.submit(read, peer, peer_backends.get(peer)) for peer in peers}
        problem, seen = pool.submit(_vcenter, region, vcenter, reach, look).result()
        return Facts(
            site=site,
            own=own.result(),
            peers={peer: facts.result() for peer, facts in others.items()},
            vcenter_problem=problem,
            vcenter=seen,
        )


def _vcenter(
    region: Region, login: Login, reach: ReachVCenter, look: LookIntoVCenter
) -> tuple[str | None, VCenterFacts]:
    problem = reach(login.server)
    datastores = [dataset_datastore(home) for home in region.sites]
    return problem, VCenterFacts() if problem else look(login, datastores)
