"""Whether another site may be at work on what is placed here, or would be given what it must not have."""

from __future__ import annotations

from uitwijk.continuity.guard.history import moved_in
from uitwijk.continuity.guard.refusal import Refusal, backup
from uitwijk.continuity.guard.view import View
from uitwijk.continuity.situation import SiteState
from uitwijk.wording import names, up_command


def peer_holds(view: View) -> list[Refusal]:
    """Machines of workloads placed here that another stack still holds: split brain."""
    refusals = []
    for peer in view.peers:
        held = view.held(peer, view.placed_here)
        if held:
            text = (
                f"stack {peer.site} still holds {len(held)} machines of workloads placed here: {names(held)}. "
                f"Release them first: `{up_command(peer.site)}` (if one failed or was broken off, `uitwijk "
                f"check` says what comes before it; if {peer.site} is lost, declare it lost). "
                "`uitwijk declare override peer-holds` lifts this for one epoch, at the risk of split brain"
            )
            refusals.append(Refusal("peer-holds", text, view.whose(held)))
    return refusals


def peer_unreadable(view: View) -> list[Refusal]:
    """Machines would be made here, and nobody knows whether they run at a peer."""
    missing = view.machines(view.placed_here) - view.facts.own.machines
    refusals = []
    for peer in view.peers:
        if missing and not peer.readable:
            text = (
                f"{len(missing)} machines would be created here, but the state of stack {peer.site} cannot be "
                f"{'believed' if peer.site in view.doubted else 'read'} ({peer.why}), so nobody knows whether "
                f"they run there. {_readable_again(view, peer.site)}. If {peer.site} is lost: `uitwijk declare lost "
                f"{peer.site} --by … --reason …`. "
                "`uitwijk declare override peer-unreadable` lifts this for one epoch, at the risk of split brain"
            )
            refusals.append(Refusal("peer-unreadable", text))
    return refusals


def _readable_again(view: View, peer: str) -> str:
    return backup(peer, view.doubted[peer]) if peer in view.doubted else "Make it readable"


def peer_behind(view: View) -> list[Refusal]:
    """A peer that was last brought up before its work was declared elsewhere; as far as the log goes back.

    Its state may say that it holds nothing, and be the copy of a time before it took the work.
    """
    missing = {key for key in view.placed_here if view.machines([key]) - view.facts.own.machines}
    refusals = []
    for peer in view.peers:
        if peer.epoch is None:
            continue
        moved = {
            home: epoch
            for home in view.region.sites
            if (epoch := moved_in(view.situation, home, peer.site)) > peer.epoch
        }
        held = view.whose(view.held(peer, missing))
        behind = {key for key in missing - held if view.region.workloads[key].home in moved}
        if behind:
            text = (
                f"{len(behind)} workloads would be created here ({names(behind)}) that were given to and fro until "
                f"epoch {max(moved.values())}, and stack {peer.site} was last brought up in epoch {peer.epoch}: it "
                f"may hold more than its state says. Bring it up first: `{up_command(peer.site)}`"
            )
            refusals.append(Refusal("peer-behind", text, frozenset(behind)))
    return refusals


def gives_to_unsafe_peer(view: View) -> list[Refusal]:
    """Workloads would be given to a peer that is unknown, or holds an old copy of them."""
    own = {view.workload_of(name) for name in view.facts.own.machines}
    refusals = []
    for peer in view.peers:
        given = {key for key, where in view.where.items() if where == peer.site and key in own}
        held = view.held(peer, {key for key in given if not _is_stale_here(view, key)})
        if given and not peer.readable:
            why = f"its state cannot be read ({peer.why})"
        elif held:
            why = f"it still holds an old copy of {len(held)} machines: {names(held)}"
        else:
            continue
        text = (
            f"{len(given)} workloads would be given to {peer.site} ({names(given)}), but {why}. Declare it "
            f"drained and bring that up first: `uitwijk declare drained {peer.site} --by … --reason …`, "
            f"`{up_command(peer.site)}`"
        )
        refusals.append(Refusal("gives-to-unsafe-peer", text, view.whose(held) if held else frozenset(given)))
    return refusals


def _is_stale_here(view: View, key: str) -> bool:
    """Whether this site came back with the old copy, and the one that works on the data is elsewhere."""
    drained = view.situation.sites[view.site] is SiteState.DRAINED
    return drained and view.situation.data[view.region.workloads[key].home] != view.site
