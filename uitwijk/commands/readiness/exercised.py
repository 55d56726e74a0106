"""Whether the failover was exercised: the last drill that passed, its age, and what changed since."""

from __future__ import annotations

import datetime
from pathlib import Path

from uitwijk.commands.readiness.line import Line, attention, ok
from uitwijk.continuity.region import Region
from uitwijk.evidence.report import Report, reports
from uitwijk.evidence.shape import shape
from uitwijk.wording import count

_SCENARIOS = ("S1", "S2", "S3")
_DAYS = 365
"""A yearly exercise: BIO2, controls 5.30.01 and 8.13.04."""
_REMEDY = "`uitwijk drill`"


def drill_line(region: Region, evidence: Path, now: datetime.datetime) -> Line:
    """Whether a drill of all scenarios passed within a year, on the machines that the catalogue describes today.

    Args:
        evidence: the folder in which each drill leaves one of its own.
        now: with a time zone.
    """
    subject = "drill"
    whole = [(ended, report) for report in reports(evidence) if (ended := report.ended) and _is_whole(report)]
    if not whole:
        return attention(subject, f"no drill of {', '.join(_SCENARIOS)} passed that left evidence here", _REMEDY)
    ended, last = max(whole, key=lambda found: found[0])
    days = (now - ended).days
    passed = f"the last one passed on {ended:%Y-%m-%d}, {count(days, 'day')} ago"
    if days > _DAYS:
        return attention(subject, f"{passed}; it is due every year", _REMEDY)
    if last.shape != shape(region):
        return attention(subject, f"{passed}; machines, disks or their order changed in the catalogue since", _REMEDY)
    return ok(subject, f"{passed}, with the machines of today")


def _is_whole(report: Report) -> bool:
    played = {scenario.key[:2] for scenario in report.scenarios}
    return report.verdict == "passed" and played.issuperset(_SCENARIOS)
