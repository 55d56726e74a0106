"""What `report.json` says of living guests, and of those who called and worked with them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator

from uitwijk.drill.report.part import PART, Verdict
from uitwijk.wording import value

BEFORE, DURING, AFTER = "before", "during", "after"
NUMBER, EMERGENCY, OUTSIDE, GAP = "number", "emergency", "outside", "gap"
TELEPHONE = "telephone"


_Moment = Annotated[datetime | None, BeforeValidator(lambda moment: moment or None)]
"""Empty: it is not known, for what should have happened then never did."""


class _Part(BaseModel):
    model_config = PART


class Observation(_Part):
    """Something that was tried at a moment, and how it ended."""

    verdict: Verdict
    at: _Moment = None
    when: str = ""
    """before, during or after the calamity."""
    seconds: float | None = None
    why: str | None = None

    @property
    def failed(self) -> bool:
        return self.verdict == "failed"


class AnswerData(_Part):
    """Who took a call, and where."""

    municipality: str | None = None
    building: str | None = None


class CallData(Observation):
    """A telephone call."""

    kind: str = ""
    """number, emergency, outside, in-progress, or gap: one of those made until the first is answered."""
    municipality: str | None = None
    number: str
    building: str | None = None
    """Where it should be answered; of an emergency call, where it is made."""
    answered_by: AnswerData | None = None
    via: str | None = None
    location: str | None = None
    """What a 112 call gave."""

    @property
    def failed(self) -> bool:
        """A call that measures a gap fails only if the wrong people answer it."""
        return self.verdict == "failed" and (self.kind != GAP or self.answered_by is not None)


class TransactionData(Observation):
    """What a clerk or a citizen did with a service."""

    municipality: str = ""
    process: str = ""
    building: str | None = None
    what: str = ""
    """record, document, alive, station, login, forbidden or citizen."""
    service: str | None = None
    host: str | None = None
    id: str | None = None


class NameData(Observation):
    """A name server's wrong answer, or a line that sums up all its answers."""

    name: str
    server: str
    address: str | None = None
    expected: str | None = None


class GapData(_Part):
    """How long a municipality was without telephone or names."""

    what: str
    municipality: str
    seconds: float | None
    """From the cut; None: it never came back."""
    ttl_seconds: float | None = None
    """The names' time to live: for that long, others may remember what a name led to."""
    lag_seconds: float | None = None
    """From the moment when the last of their machines was powered on to the first right name."""

    @property
    def over(self) -> bool:
        """Whether it never ended, or names followed their machines later than others forget them."""
        late = self.ttl_seconds is not None and self.lag_seconds is not None and self.lag_seconds > self.ttl_seconds
        return self.seconds is None or late


class RecordData(_Part):
    """A record that a clerk wrote, and whether it was found again."""

    verdict: Verdict
    service: str
    municipality: str
    id: str
    written: str
    """before or late: before or after the last replication; survivor: at the other site, during the calamity."""
    found: bool
    age_seconds: float | None = None
    """When the site was lost."""
    rpo_minutes: float | None = None


class StoppedData(_Part):
    """Why a process stopped."""

    why: str = ""
    observed: Annotated[str | None, BeforeValidator(lambda seen: seen if seen is None else value(seen))] = None
    owner: str | None = None
    """Of the manual step that brings it back."""


class ContinuityData(_Part):
    """Which processes of a municipality continued, as observed."""

    continued: list[str] = []
    stopped: dict[str, StoppedData] = {}
    sentence: str = ""


class TroubleData(_Part):
    """A guest that did not start, or died."""

    guest: str
    site: str = ""
    unit: str = ""
    what: str = ""
    words: str = ""
    """Its own."""
    at: _Moment = None


class GuestsData(_Part):
    """The guests that lived."""

    living: dict[str, int] = {}
    """How many, by site."""
    taking_part: int = 0
    idle: dict[str, str] = {}
    """Kinds of machine that take no part, with why."""
    memory_mib: float | None = None
    troubles: list[TroubleData] = []
    shortened: dict[str, str] = {}
    """What was done otherwise than in production, with how."""


class WorkData(_Part):
    """What was observed of the work in one scenario; older evidence has nothing of it."""

    guests: GuestsData | None = None
    machines_only: str | None = None
    """Why no guest lived."""
    calls: list[CallData] = []
    transactions: list[TransactionData] = []
    names: list[NameData] = []
    gaps: list[GapData] = []
    records: list[RecordData] = []
    continuity: dict[str, ContinuityData] = {}

    @property
    def observed(self) -> bool:
        """Whether guests lived, or anything was tried with them."""
        return self.guests is not None or any(
            (self.calls, self.transactions, self.names, self.gaps, self.records, self.continuity)
        )
