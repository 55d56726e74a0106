"""All rows of the guard, in their order."""

from __future__ import annotations

from uitwijk.continuity.facts import Facts
from uitwijk.continuity.guard import data, peers, whole_run
from uitwijk.continuity.guard.refusal import Refusal
from uitwijk.continuity.guard.view import View
from uitwijk.continuity.placement import Placement
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import Situation

_ROWS = (
    whole_run.epochs,
    whole_run.own_site,
    whole_run.own_state,
    whole_run.strays,
    peers.peer_holds,
    peers.peer_unreadable,
    peers.peer_behind,
    peers.gives_to_unsafe_peer,
    data.data_not_writable,
    data.data_moved,
    data.disk_gone,
    data.empty_disk,
    data.disk_size,
    data.disk_unwritable,
    data.disk_missing,
    data.snapshot,
    whole_run.removal,
)


def judge(region: Region, situation: Situation, placement: Placement, facts: Facts) -> tuple[Refusal, ...]:
    """Every refusal, in the order of the rules; none means that `preview` and `up` may go on with everything.

    What they mean for the run is for `decide` to say. A hypothetical situation may always be previewed; that it is
    never applied is for the program to see to.
    """
    if situation.hypothetical:
        return ()
    view = View(region, situation, placement, facts)
    found = (refusal for row in _ROWS for refusal in row(view))
    return tuple(refusal for refusal in found if refusal.row not in situation.override)
