"""Whether the plan of every single calamity was approved, and still says what the model foresees today."""

from __future__ import annotations

from collections.abc import Iterator

from uitwijk.commands.readiness.line import Line, attention, fail, ok
from uitwijk.commands.rehearse.plan_book import PlanBook, difference
from uitwijk.commands.rehearse.rehearsal import machines_only
from uitwijk.continuity.calamity import Calamity, single_calamities
from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.plan import foreseen
from uitwijk.continuity.region import Region
from uitwijk.wording import count, shortened

_SUBJECT = "plans"


def plan_lines(region: Region, book: PlanBook) -> Iterator[Line]:
    """One line when all is well; else one for the plans that are missing, and one for each that is not as approved.

    What the engine would do beside machines is only seen by a rehearsal.
    """
    calamities = list(single_calamities(region))
    missing, findings = [], []
    for calamity in calamities:
        try:
            approved = book.approved(calamity.slug)
        except UitwijkError as error:
            findings += [fail(_SUBJECT, problem, "`uitwijk rehearse --approve`") for problem in error.problems]
            continue
        if approved is None:
            missing.append(calamity.slug)
        elif changed := _changed(region, calamity, approved):
            remedy = f"`uitwijk rehearse {calamity.slug}`; if that is what should happen, the same with --approve"
            findings.append(attention(f"plan {calamity.slug}", f"NEEDS VERIFIED: {changed}", remedy))
    if missing:
        why = f"NOT VERIFIED: {count(len(missing), 'calamity has', 'calamities have')} no approved plan: "
        findings.append(attention(_SUBJECT, why + shortened(missing), "`uitwijk rehearse --approve`"))
    for file in book.strangers(frozenset(calamity.slug for calamity in calamities)):
        why = f"{file.parent.name}/{file.name} is of a calamity that this region does not know"
        findings.append(attention(_SUBJECT, why, "`uitwijk rehearse --approve` removes it"))
    yield from findings or [ok(_SUBJECT, f"{len(calamities)} calamities, each as approved")]


def _changed(region: Region, calamity: Calamity, approved: dict[str, object]) -> str:
    """What the model foresees otherwise than approved, in a few words; empty: nothing."""
    stacks = approved.get("stacks")
    known = {site: machines_only(plan) for site, plan in stacks.items()} if isinstance(stacks, dict) else {}
    lines = difference({**approved, "stacks": known}, foreseen(region, calamity))
    new = [line[1:].strip() for line in lines if line[0] == "+"] or [line.strip() for line in lines if line[0] == "-"]
    return f"{count(len(new), 'line')} changed: {shortened(new, 2)}" if new else ""
