"""What one person did with one service, as the evidence keeps it."""

from __future__ import annotations

from typing import Literal

from uitwijk import utc
from uitwijk.evidence.work_report import Transaction

What = Literal["record", "document", "station", "login", "forbidden", "citizen"]


def transaction(
    *,
    when: str,
    municipality: str,
    process: str,
    building: str | None,
    what: What,
    service: str,
    host: str,
    number: str | None = None,
    seconds: float,
    why: str | None,
    foreseen: bool = False,
) -> Transaction:
    """One transaction, which ended now.

    Args:
        when: before, during or after.
        municipality: whose clerk or citizen.
        process: the most urgent of the processes for which it was done.
        building: where the clerk sat; None: it was a citizen.
        what: what was done.
        service: with which service or station.
        host: with which machine.
        number: of the record or document.
        seconds: how long it took.
        why: why it was of no use; None: it was.
        foreseen: whether it could not be of use, for the situation stops the process.
    """
    return Transaction(
        at=utc.now(),
        when=when,
        municipality=municipality,
        process=process,
        building=building,
        what=what,
        service=service,
        host=host,
        id=number,
        seconds=round(seconds, 3),
        verdict="passed" if why is None or foreseen else "failed",
        why=why,
    )
