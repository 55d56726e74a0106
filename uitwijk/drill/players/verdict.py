"""Which processes of a municipality continued, in figures and in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from uitwijk.continuity.region import Region
from uitwijk.evidence.work_report import Continuity, StoppedProcess


def judged(region: Region, municipality: str, observed: Mapping[str, str], placement: Mapping[str, Any]) -> Continuity:
    """What continued and what did not, as the evidence keeps it.

    Args:
        observed: why processes were seen to stop.
        placement: `Placement.to_dict()`: the reasons that the model gives, and the situation's manual steps.
    """
    reasons = placement["processes"][municipality]["stopped"]
    stopped = {
        process: StoppedProcess(
            why=reasons.get(process, observed[process]),
            observed=observed[process],
            owner=owner(region, municipality, process, placement),
        )
        for process in region.processes
        if process in observed
    }
    continued = [process for process in region.processes if process not in observed]
    return Continuity(continued=continued, stopped=stopped, sentence=sentence(region, stopped))


def owner(region: Region, municipality: str, process: str, placement: Mapping[str, Any]) -> str | None:
    """Who brings the process back by hand, if the situation asks for that."""
    asked = {(action["owner"], action["step"]) for action in placement["manual_steps"]}
    building = region.building_of(municipality)
    for step in region.manual_steps:
        if step.process == process:
            for site in region.sites:
                words = step.step.format(site=site, building=building, dataset=region.home(municipality))
                if (step.owner, words) in asked:
                    return step.owner
    return None


def sentence(region: Region, stopped: Mapping[str, StoppedProcess]) -> str:
    """For people: how many processes continued, and why each of the others stopped.

    Args:
        stopped: by process, in the catalogue's order.
    """
    total = len(region.processes)
    words = [f"{total - len(stopped)} of {total} processes continued"]
    for process, how in stopped.items():
        by_hand = f" (manual step, owner: {how.owner})" if how.owner else ""
        words.append(f"{region.processes[process].name} stopped: {how.why}{by_hand}")
    return "; ".join(words)
