"""What callers, clerks and citizens observed, judged: on these checks rests the verdict of a drill with guests."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from uitwijk.drill.checks import judge
from uitwijk.evidence.scenario import Scenario
from uitwijk.evidence.work_report import (
    ALL_NAMES,
    EMERGENCY,
    NAMES,
    NUMBER,
    OUTSIDE,
    TELEPHONE,
    Continuity,
    JudgedCall,
    MeasuredGap,
    NameAnswer,
    Observation,
    SoughtRecord,
    Transaction,
    Trouble,
)

MEMORY_MIB = 4096
"""What all living guests of the region may take together."""


def _failed(lines: Iterable[Observation]) -> list[str]:
    return [str(line.why) for line in lines if line.verdict != "passed"]


def calls_answered(scenario: Scenario, when: str, calls: Sequence[JudgedCall]) -> None:
    """Every number rings at its own municipality's telephone, and 112 carries the caller's building."""
    numbers = [call for call in calls if call.kind == NUMBER]
    none = [] if numbers else ["no number was called"]
    judge(
        scenario,
        f"{when}: every number is answered by its own municipality, in the right building, and rings nowhere else",
        "every call",
        f"{len(numbers)} calls answered",
        none + _failed(numbers),
    )
    emergencies = [call for call in calls if call.kind == EMERGENCY]
    others = [call for call in calls if call.kind == OUTSIDE]
    none = [] if emergencies else ["nobody called 112"]
    judge(
        scenario,
        f"{when}: 112 from every open building carries that building's location, and no other call a location",
        "every building",
        f"{len(emergencies)} buildings",
        none + _failed(emergencies) + _failed(others),
    )


def calls_went_on(scenario: Scenario, calls: Sequence[JudgedCall]) -> None:
    """Calls that were in progress when the calamity came were not broken off."""
    none = [] if calls else ["no call was in progress"]
    judge(
        scenario,
        "calls in progress go on",
        "unbroken",
        f"{len(calls)} calls unbroken",
        none + _failed(calls),
    )


def work_goes_on(
    scenario: Scenario,
    when: str,
    continuity: Mapping[str, Continuity],
    expected: Mapping[str, Collection[str]],
    majority: Collection[str],
    urgent: Collection[str],
) -> None:
    """The processes that people saw stop are those that should, and the majority of the work goes on where it should.

    Args:
        continuity: what was observed, by municipality.
        expected: the processes that stop, by municipality, as people wrote them down.
        majority: the municipalities where the majority goes on, as people wrote them down.
        urgent: the processes of class R0 and R1.
    """
    wrong = []
    for municipality, judged in continuity.items():
        should, did = set(expected.get(municipality, ())), set(judged.stopped)
        wrong += [f"{municipality}: {each} stopped: {judged.stopped[each].observed}" for each in did - should]
        wrong += [f"{municipality}: {each} continued, and should have stopped" for each in should - did]
    continued = sum(len(judged.continued) for judged in continuity.values())
    total = continued + sum(len(judged.stopped) for judged in continuity.values())
    judge(
        scenario,
        f"{when}: the processes that continue, seen by those who work and call",
        "as written down",
        f"{continued} of {total} processes in {len(continuity)} municipalities continued, as written down",
        sorted(wrong),
    )
    goes_on = {
        municipality
        for municipality, judged in continuity.items()
        if len(judged.continued) > len(judged.stopped) and set(urgent) <= set(judged.continued)
    }
    differ = [
        f"{municipality}: {'expected, not seen' if municipality in majority else 'seen, not expected'}"
        for municipality in sorted(goes_on ^ set(majority))
    ]
    judge(
        scenario,
        f"{when}: the majority of the work goes on, seen by those who work and call",
        f"{len(majority)} municipalities",
        f"{len(goes_on)} municipalities",
        differ,
    )


def documents_issued(scenario: Scenario, when: str, transactions: Sequence[Transaction]) -> None:
    """Where documents were issued, they lie in the print queue of the building of the counter."""
    documents = [one for one in transactions if one.what == "document"]
    places = {one.building for one in documents}
    judge(
        scenario,
        f"{when}: documents are printed in the building where the counter is now",
        "every document",
        f"{len(documents)} documents in {len(places)} buildings",
        _failed(documents) if documents else ["no document was issued"],
    )


def registers_apart(scenario: Scenario, when: str, transactions: Sequence[Transaction]) -> None:
    """Nobody's clerks reach another municipality's persons register; their own they do."""
    own = [one for one in transactions if one.what == "record"]
    refused = [one for one in transactions if one.what == "forbidden"]
    judge(
        scenario,
        f"{when}: clerks reach their own persons register (BRP), and nobody else's",
        "own yes, every other no",
        f"{len(own)} times let in, {len(refused)} times refused",
        _failed(transactions) if own and refused else ["nobody tried"],
    )


def names_lead(scenario: Scenario, when: str, names: Sequence[NameAnswer]) -> None:
    """At every living name server, each cold machine's name leads to where it runs."""
    servers = [line for line in names if line.name == ALL_NAMES]
    wrong = [
        f"{line.server}: {line.name}: {line.address} instead of {line.expected}"
        for line in names
        if line.verdict != "passed"
    ]
    judge(
        scenario,
        f"{when}: at every living name server, names lead to the site where the machines run",
        "every name",
        f"as expected at {len(servers)} name servers",
        wrong if servers else ["no name server was asked"],
    )


def no_stale_name(scenario: Scenario, site: str, names: Sequence[NameAnswer]) -> None:
    """From its first answer on, the returning site's name servers tell of no machine that is gone."""
    wrong = [f"{line.server}: {line.name}: {line.address}" for line in names if line.verdict != "passed"]
    judge(
        scenario,
        f"{site}: its stale names are gone before its name servers answer again",
        "no stale name",
        "; ".join(f"{line.server}: {line.address}" for line in names) if names else "",
        wrong if names else ["nobody asked"],
    )


def gaps_measured(scenario: Scenario, gaps: Sequence[MeasuredGap]) -> None:
    """Every municipality can be called again, and names follow their machines before others forget what they led to."""
    for what, name in (
        (TELEPHONE, "every municipality is answered again after the cut"),
        (NAMES, "the names of every municipality that moved lead to the surviving site, within their time to live"),
    ):
        found = [gap for gap in gaps if gap.what == what]
        worst = max((gap.seconds for gap in found if gap.seconds is not None), default=0.0)
        wrong = [f"{gap.municipality}: never" for gap in found if gap.seconds is None]
        wrong += [
            f"{gap.municipality}: {gap.lag_seconds:.1f} s after its machines were powered on"
            for gap in found
            if gap.late
        ]
        judge(
            scenario,
            name,
            "measured in seconds from the cut",
            f"{len(found)} municipalities, the last after {worst:.1f} s",
            wrong if found else ["nobody measured"],
        )


def records_kept(scenario: Scenario, site: str, when: str, records: Sequence[SoughtRecord]) -> None:
    """Records that replication carried are there; later ones are lost, and no older than the RPO allows."""
    found = sum(1 for one in records if one.found)
    lost = [one for one in records if not one.found]
    oldest = max((one.age_seconds or 0.0 for one in lost), default=0.0)
    seen = f"{found} found" + (f", {len(lost)} lost, the oldest {oldest:.1f} s old" if lost else "")
    wrong = [f"{one.id}: {'found' if one.found else 'lost'}" for one in records if one.verdict != "passed"]
    judge(
        scenario,
        f"records of {site} {when}: what was replicated is there, what was lost is within the RPO",
        "every record",
        seen,
        wrong if records else ["no record was written"],
    )


def guests_unharmed(scenario: Scenario, troubles: Sequence[Trouble], memory_mib: float) -> None:
    """No guest failed to start or died by itself, and all of them together stayed within their memory."""
    wrong = [f"{one.guest} at {one.site}: {one.unit} {one.what}: {one.words}" for one in troubles]
    judge(scenario, "every guest that took part lived as long as it should", "none died", "none died", wrong)
    scenario.check(
        "memory of all living guests (MiB)", f"at most {MEMORY_MIB}", round(memory_mib), memory_mib <= MEMORY_MIB
    )
