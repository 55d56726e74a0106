"""What went wrong in the work of a scenario, each fault with what was expected and observed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from uitwijk.drill.report.work_tallies import WRITTEN
from uitwijk.evidence.work_report import (
    EMERGENCY,
    OUTSIDE,
    AnsweredBy,
    JudgedCall,
    NameAnswer,
    SoughtRecord,
    Transaction,
    WorkReport,
)
from uitwijk.wording import DisplayNames, duration, telephone


@dataclass(frozen=True)
class Fault:
    """One thing that did not end as it should."""

    kind: str
    """call, transaction, name or record."""
    title: str
    details: tuple[tuple[str, str], ...]
    """Labels, each with what there is to say."""


def faults(data: WorkReport, names: DisplayNames) -> Iterator[Fault]:
    """Everything that failed."""
    for call in data.calls:
        if call.failed:
            yield _call(call, names)
    for transaction in data.transactions:
        if transaction.failed:
            yield _transaction(transaction, names)
    for name in data.names:
        if name.failed:
            yield _name(name)
    for record in data.records:
        if record.failed:
            yield _record(record, names)


def place(names: DisplayNames, municipality: str | None, building: str | None) -> str:
    """`Elmford, in Town hall, Elmford`."""
    who = names.of("organisations", municipality) if municipality else ""
    where = names.of("buildings", building) if building else ""
    return ", in ".join(filter(None, (who, where))) or "nowhere known"


def answer(names: DisplayNames, by: AnsweredBy | None) -> str:
    """Who answered a call, and where."""
    return place(names, by.municipality, by.building) if by else "nobody"


def _call(call: JudgedCall, names: DisplayNames) -> Fault:
    title = f"Call to {telephone(call.number)}"
    if call.kind in (EMERGENCY, OUTSIDE):
        where = place(names, None, call.building)
        title += f" from {where}"
        expected = f"the location of {where}" if call.kind == EMERGENCY else "an answer, and no location"
        observed = f"{answer(names, call.answered_by)}; {call.location or 'no location'}"
    else:
        title += f" of {names.of('organisations', call.municipality)}" if call.municipality else ""
        expected, observed = place(names, call.municipality, call.building), answer(names, call.answered_by)
    return _fault(
        "call",
        title,
        call.when,
        ("Expected", expected),
        ("Observed", observed),
        ("Through", call.via),
        ("Why", call.why),
    )


def _transaction(one: Transaction, names: DisplayNames) -> Fault:
    service = names.of("services", one.service) if one.service else ""
    return _fault(
        "transaction",
        f"{one.what.capitalize()} for {names.of('processes', one.process)} of "
        f"{names.of('organisations', one.municipality)}",
        one.when,
        ("Service", " on ".join(filter(None, (service, one.host)))),
        ("From", place(names, None, one.building) if one.building else None),
        ("Why", one.why),
    )


def _name(name: NameAnswer) -> Fault:
    return _fault(
        "name",
        f"{name.name} at {name.server}",
        name.when,
        ("Expected", name.expected),
        ("Observed", name.address or "no answer"),
        ("Why", name.why),
    )


def _record(record: SoughtRecord, names: DisplayNames) -> Fault:
    age = f", {duration(record.age_seconds)} old when the site was lost" if record.age_seconds is not None else ""
    return _fault(
        "record",
        f"Record {record.id} of {names.of('organisations', record.municipality)} "
        f"in {names.of('services', record.service)}",
        "",
        ("Written", WRITTEN.get(record.written, record.written).removeprefix("Written ") + age),
        ("Observed", "found" if record.found else "lost"),
        ("Allowed", f"RPO {record.rpo_minutes:g} min" if record.rpo_minutes is not None else None),
    )


def _fault(kind: str, title: str, when: str, *details: tuple[str, str | None]) -> Fault:
    phase = f", {when} the calamity" if when else ""
    return Fault(kind, f"{title}{phase}", tuple((label, text) for label, text in details if text))
