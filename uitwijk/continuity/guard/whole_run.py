"""What refuses a whole run: an old situation, a lost site or state, and machines that would go without a reason."""

from __future__ import annotations

from uitwijk.continuity.guard.refusal import Refusal, backup
from uitwijk.continuity.guard.view import View
from uitwijk.continuity.situation import SiteState
from uitwijk.wording import names, up_command


def epochs(view: View) -> list[Refusal]:
    """An older situation than a stack has applied, or another one of the same epoch."""
    stacks = [view.facts.own, *(peer for peer in view.peers if peer.readable)]
    refusals = []
    for stack in stacks:
        if stack.epoch is None:
            continue
        if stack.epoch > view.situation.epoch:
            text = (
                f"the situation has epoch {view.situation.epoch}, but stack {stack.site} has already applied "
                f"epoch {stack.epoch}: this situation.yaml is old. Get the newest one (git pull)"
            )
        elif stack.epoch == view.situation.epoch and stack.digest != view.situation.digest:
            text = (
                f"stack {stack.site} has applied another situation with the same epoch {stack.epoch}: two copies "
                "were changed at once. Agree on one and declare it anew; `uitwijk declare …` gives the next epoch"
            )
        else:
            continue
        refusals.append(Refusal("epoch", text))
    return refusals


def own_site(view: View) -> list[Refusal]:
    """This site is declared lost, or its vCenter is of no use."""
    refusals = []
    if view.situation.sites[view.site] is SiteState.LOST:
        text = (
            f"{view.site} is declared lost, so its stack must not be touched. If it is back: "
            f"`uitwijk declare drained {view.site} --by … --reason …`, then `{up_command(view.site)}`"
        )
        refusals.append(Refusal("own-site-lost", text))
    if view.facts.vcenter_problem:
        text = (
            f"the vCenter of {view.site} is of no use: {view.facts.vcenter_problem}. If the site is lost: "
            f"`uitwijk declare lost {view.site} --by … --reason …` and bring up the other stack"
        )
        refusals.append(Refusal("vcenter", text))
    return refusals


def own_state(view: View) -> list[Refusal]:
    """This stack's state is older than what a peer saw of it, or was lost."""
    own = view.facts.own
    if not own.readable:
        return []
    refusals = []
    for peer in view.peers:
        seen = peer.seen.get(view.site, 0)
        if seen > (own.epoch or 0):
            at = f"is at epoch {own.epoch}" if own.epoch else "looks as if never brought up"
            text = (
                f"the state of this stack {at}, but stack {peer.site} saw it at epoch {seen}: it was lost or is an "
                f"old copy, and nobody knows what runs at {view.site}. {backup(view.site, seen)}"
            )
            refusals.append(Refusal("own-state", text))
    return refusals


def strays(view: View) -> list[Refusal]:
    """Machines of ours in this site's vCenter that this stack's state does not hold."""
    own, standing = view.facts.own, view.facts.vcenter.machines
    found = standing & view.region.machines.keys() - own.machines if own.readable else frozenset()
    if not found:
        return []
    here = view.whose(found)
    told = f"{len(found)} machines stand in the vCenter of {view.site} that the state of its stack does not hold"
    if own.epoch is None:
        text = f"{told}, and it looks as if never brought up ({names(found)}): it was lost. "
        return [Refusal("own-state", text + backup(view.site))]
    text = f"{told}: {names(found)}. `uitwijk recover {view.site}` shows what each is, and puts it in order"
    elsewhere = {key for key in here if view.where.get(key, view.site) != view.site}
    return [Refusal("strays", text, frozenset() if elsewhere else here)]


def removal(view: View) -> list[Refusal]:
    """Running machines that would go, and nothing says why: a slip in the catalogue looks like that."""
    placed = view.placed_here | view.hot_here
    calm = all(state is SiteState.NORMAL for state in view.situation.sites.values())
    left, shed = [], []
    for name in view.facts.own.machines - view.region.left_machines:
        machine = view.region.machines.get(name)
        if machine is None:
            left.append(name)
        elif machine.workload not in placed and calm and view.where.get(machine.workload) is None:
            shed.append(name)
    refusals = []
    if left:
        text = (
            f"{len(left)} machines of this stack are not in the catalogue any more and would be removed "
            f"({names(left)}), and catalogue/retired.yaml does not say so. Put back what the catalogue had, or, if "
            f"they are to go: `uitwijk retire {' '.join(sorted(left))}`"
        )
        refusals.append(Refusal("removal", text))
    if shed:
        text = (
            f"{len(shed)} machines of this stack would be removed for want of room, with every site normal "
            f"({names(shed)}): the catalogue asks for more than the hosts have. Put back the sizes, counts or "
            "hosts that it had (`git diff catalogue`)"
        )
        refusals.append(Refusal("removal", text))
    return refusals
