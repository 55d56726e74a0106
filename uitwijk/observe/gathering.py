"""Gathers the facts that the guard judges, all at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from uitwijk.continuity.guard import Facts, StackFacts
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import Situation
from uitwijk.observe.stacks import read_stack
from uitwijk.observe.vcenter import vcenter_problem

ReadStack = Callable[[str, str | None], StackFacts]
"""Site and state backend (None: the one in use) to the stack's facts."""
ReachVCenter = Callable[[str], str | None]
"""Server to why it does not answer; None: it does."""


def gather(
    region: Region,
    situation: Situation,
    site: str,
    project: str,
    vcenter_server: str,
    peer_backends: Mapping[str, str],
    *,
    read: ReadStack | None = None,
    reach: ReachVCenter = vcenter_problem,
) -> Facts:
    """The facts for the stack of `site`. A peer that is declared lost is not asked in any way.

    Args:
        region: the region.
        situation: what is declared.
        site: the site whose stack is about to be previewed or brought up.
        project: what Pulumi calls the project.
        vcenter_server: of that site.
        peer_backends: state backend by site, for peers that do not share this stack's.
        read: reads a stack; replaceable in tests.
        reach: sees whether a vCenter answers; replaceable in tests.
    """
    read = read or partial(read_stack, project=project)
    peers = [peer for peer in region.sites if peer != site and situation.reachable(peer)]
    with ThreadPoolExecutor(max_workers=len(peers) + 2) as pool:
        own = pool.submit(read, site, None)
        others = {peer: pool.submit(read, peer, peer_backends.get(peer)) for peer in peers}
        problem = pool.submit(reach, vcenter_server)
        return Facts(
            site=site,
            own=own.result(),
            peers={peer: facts.result() for peer, facts in others.items()},
            vcenter_problem=problem.result(),
        )
