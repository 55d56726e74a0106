"""Every calamity of the region, proven: what is violated, and the worst of each kind as a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from uitwijk.commands.readiness.line import Line, fail, ok
from uitwijk.continuity.proof import Calamities, Kind, Proof, Worst, in_words
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import Situation
from uitwijk.wording import count, shortened

_SHOWN = 20
"""Violations that get a line of their own."""


def bounds(region: Region) -> tuple[int, ...]:
    """Numbers of losses up to which the worst is told: one loss, a site with the building around it, all."""
    return 1, 2, len(region.sites) + len(region.buildings)


def proof_lines(calamities: Calamities, proof: Proof) -> Iterator[Line]:
    """One line when every invariant holds; else one for each that does not."""
    remedy = "a mistake of the model, not of the catalogue: rely on no placement until that is mended"
    for violation in proof.violations[:_SHOWN]:
        often = f"; the same in {violation.times - 1:,} more situations" if violation.times > 1 else ""
        yield fail(f"if {violation.first}", f"{violation.sentence}{often}", remedy)
    if further := proof.violations[_SHOWN:]:
        yield fail("all calamities", count(len(further), "further violation"), remedy)
    if not proof.violations:
        yield ok("all calamities", f"every invariant holds in {_how_many(calamities, proof)}")


def _how_many(calamities: Calamities, proof: Proof) -> str:
    sites, buildings = len(calamities.region.sites), len(calamities.region.buildings)
    states = f"every state of {count(sites, 'site')}"
    if calamities.all_of_them:
        return f"all {proof.situations:,} situations: {states}, each with every set of {buildings} buildings closed"
    return (
        f"{proof.situations:,} situations: {states}, each with up to {calamities.most_closed} of {buildings} buildings "
        f"closed; with more of them closed it is not proven, for all sets of {buildings} buildings are too many to try"
    )


def worst_facts(region: Region, worst: Iterable[Worst]) -> list[dict[str, Any]]:
    """The worst of each kind as plain data."""
    return [
        {
            "kind": each.kind.value,
            "most_losses": each.most_losses,
            **_facts(region, each),
            "situation": _plain(each.situation) if _matters(each) else None,
        }
        for each in worst
    ]


def worst_table(region: Region, worst: Sequence[Worst]) -> Table:
    """The worst of each kind, and where it occurs first; more losses get a row where they make it worse."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), show_edge=False)
    table.add_column("the worst", no_wrap=True)
    table.add_column("losses", no_wrap=True)
    table.add_column()
    table.add_column("in the situation")
    for kind in Kind:
        by_situation = {in_words(each.situation): each for each in worst if each.kind is kind}
        rows = list(by_situation.values())
        for row in rows:
            table.add_row(
                Text(kind if row is rows[0] else "", style="bold"),
                "any" if row is rows[-1] else "1" if row.most_losses == 1 else f"up to {row.most_losses}",
                _in_short(region, row),
                _where(region, row.situation) if _matters(row) else "",
            )
    return table


def _in_short(region: Region, worst: Worst) -> str:
    facts = _facts(region, worst)
    if worst.kind is Kind.PROCESSES:
        equal = [slug for slug, p in worst.placement.processes.items() if len(p.continues) == facts["continuing"]]
        return f"{facts['continuing']} of {facts['of']}: {shortened(equal, 1)}"
    if worst.kind is Kind.CAPACITY:
        vcpus, memory = (_share(*facts[what]) for what in ("vcpus", "memory_gib"))
        spare = "sheds" if facts["sheds"] else "a host to spare" if facts["spare_host"] else "no host to spare"
        return f"{worst.who}: {vcpus} of vCPUs, {memory} of memory, {spare}"
    if worst.kind is Kind.SEATS:
        return f"{facts['short']:,} of {facts['of']:,}" if facts["short"] else "none"
    return f"{facts['shed']} of {facts['of']}" if facts["shed"] else "none"


def _facts(region: Region, worst: Worst) -> Mapping[str, Any]:
    placement = worst.placement
    if worst.kind is Kind.PROCESSES:
        continuing = placement.processes[worst.who].continues
        return {"municipality": worst.who, "continuing": len(continuing), "of": len(region.processes)}
    if worst.kind is Kind.CAPACITY:
        capacity = placement.capacity[worst.who]
        return {
            "site": worst.who,
            "vcpus": list(capacity.vcpus),
            "memory_gib": list(capacity.memory_gib),
            "spare_host": capacity.spare_host,
            "sheds": bool(capacity.shed),
        }
    if worst.kind is Kind.SEATS:
        seats = placement.seats.values()
        return {"short": sum(each.short for each in seats), "of": sum(each.needed for each in seats)}
    return {"shed": len(placement.shed), "of": len(region.workloads)}


def _matters(worst: Worst) -> bool:
    """Whether the situation is worth naming: not where nothing is short or shed in any."""
    if worst.kind is Kind.SHED:
        return bool(worst.placement.shed)
    return worst.kind is not Kind.SEATS or any(seating.short for seating in worst.placement.seats.values())


def _where(region: Region, situation: Situation) -> str:
    if len(situation.closed_buildings) < len(region.buildings):
        return in_words(situation)
    sites = in_words(situation.model_copy(update={"closed_buildings": {}}))
    return f"{sites}, closed every building" if sites != "all normal" else "closed every building"


def _plain(situation: Situation) -> dict[str, Any]:
    return {"sites": dict(situation.sites), "closed_buildings": list(situation.closed_buildings)}


def _share(used: int, available: int) -> str:
    return f"{100 * used / available if available else 0:.0f} %"
