"""Whether a stack can still be used when another site is lost: where its state and the key to its secrets are kept."""

from __future__ import annotations

from uitwijk.commands.readiness.line import Line, attention, fail, not_checked, ok
from uitwijk.continuity.region import ELSEWHERE
from uitwijk.observe.readings import StackReading
from uitwijk.wording import listed

_WHAT = {"state": "its state", "secrets": "what decrypts its secrets"}


def kept_line(reading: StackReading) -> Line:
    """Reads nothing: where things are kept is what the stack's file says, for no program can see it."""
    site = reading.site
    subject = f"state and secrets {site}"
    if reading.vcenter is None and reading.vcenter_problem and not reading.kept:
        return not_checked(subject, reading.vcenter_problem.why, reading.vcenter_problem.remedy)
    lost = {what: where for what in _WHAT if (where := reading.kept.get(what)) not in (None, site, ELSEWHERE)}
    if lost:
        why = "; ".join(f"{_WHAT[what]} {_are(what)} kept at {where}, and lost with it" for what, where in lost.items())
        return fail(subject, why, f"keep them at {site} or at neither site (docs/production.md)")
    unsaid = [what for what in _WHAT if reading.kept.get(what) is None]
    if unsaid:
        unknown = " and ".join(_WHAT[what] for what in unsaid)
        commands = " and ".join(f"`pulumi config set --path uitwijk:kept.{what} … --stack {site}`" for what in unsaid)
        return attention(subject, f"nobody says where {unknown} are kept", f"{commands}: a site, or {ELSEWHERE}")
    places = {where if where == ELSEWHERE else f"at {where}" for what in _WHAT if (where := reading.kept[what])}
    return ok(subject, f"kept {listed(sorted(places))}: no other site takes them with it")


def _are(what: str) -> str:
    return "is" if what == "state" else "are"
