"""Malfunctions, which are no calamities: a site that loses one host, or one datastore."""

from __future__ import annotations

from collections.abc import Iterator

from uitwijk.commands.readiness.line import Line, Verdict, attention, ok
from uitwijk.commands.readiness.room import room
from uitwijk.continuity import place
from uitwijk.continuity.calamity import NOTHING, Calamity
from uitwijk.continuity.region import Region
from uitwijk.continuity.spare import asked_of, host_failures, without_one
from uitwijk.wording import count, listed, shortened


def malfunction_lines(region: Region) -> Iterator[Line]:
    """Two lines a site: what if any one host fails, and what if a datastore does."""
    for site in region.sites:
        yield _host_line(region, site)
    for site in region.sites:
        yield _datastore_line(region, site)


def _host_line(region: Region, site: str) -> Line:
    """On a normal day, and while the site carries another one, too."""
    subject = f"if a host of {site} fails"
    days = {"on a normal day": NOTHING, **{f"when {o} is lost": Calamity((o,), ()) for o in region.sites if o != site}}
    findings = [
        (Verdict.ATTENTION if calamity.sites else Verdict.FAIL, f"{day}, {why}", f"{day}, {remedy}")
        for day, calamity in days.items()
        for why, remedy in _without_a_host(region, site, calamity)
    ]
    if findings:
        verdicts, whys, remedies = zip(*findings, strict=True)
        return Line(subject, verdicts[0], "; ".join(whys), "; ".join(dict.fromkeys(remedies)))
    return ok(subject, f"whichever it is, everything still fits, {listed(days)}")


def _without_a_host(region: Region, site: str, calamity: Calamity) -> Iterator[tuple[str, str]]:
    """Why and remedy where the failure of some host sheds; the one that sheds most is named."""
    keys = asked_of(place(region, calamity.situation(region)), site)
    shedding = {name: c.shed for name, c in host_failures(region, site, keys).items() if c.shed}
    if shedding:
        worst = max(shedding, key=lambda name: len(shedding[name]))
        others = f" (likewise without {count(len(shedding) - 1, 'other host')})" if len(shedding) > 1 else ""
        yield (
            f"without {worst} there is no room for {shortened(shedding[worst])}{others}",
            room(region, site, without_one(region, site), keys),
        )


def _datastore_line(region: Region, site: str) -> Line:
    subject = f"if a datastore of {site} fails"
    machines = sum(len(w.machines) for w in region.workloads.values() if w.hot or w.home == site)
    stored = [w for w in region.workloads.values() if w.home == site and any(m.disks for m in w.machines)]
    local = f"local: all {count(machines, 'machine')} there stand still, so declare {site} lost"
    data = f"data-{site}: {count(len(stored), 'workload')} cannot reach their data, so declare {site} drained"
    others = [other for other in region.sites if other != site]
    if not others:
        return attention(subject, f"{local}; {data}; nobody takes over", "a second site")
    replicas = " or ".join(f"data-{other}" for other in others)
    return ok(
        subject,
        f"{local}; {data} and have the replica promoted, a planned move; {replicas}: nothing stands still, but "
        f"{listed(others)} cannot fail over to {site} until it is replicated anew",
    )
