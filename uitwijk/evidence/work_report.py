"""What the evidence says of the work in one scenario: what living guests did for people who called and worked."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from uitwijk.evidence.piece import Moment, Piece, Verdict

BEFORE, DURING, AFTER = "before", "during", "after"
NUMBER, EMERGENCY, OUTSIDE, GAP = "number", "emergency", "outside", "gap"
TELEPHONE, NAMES = "telephone", "names"
ALL_NAMES = "all names"
"""The name in a line that sums up a server's answers."""

_MomentIfKnown = Annotated[Moment | None, BeforeValidator(lambda moment: moment or None)]
"""Empty: it is not known, for what should have happened then never did."""


class Observation(Piece):
    """Something that was tried at a moment, and how it ended."""

    at: _MomentIfKnown = None
    when: str = ""
    """before, during or after the calamity."""
    seconds: float | None = None
    """How long it took; of a call, until the answer."""
    verdict: Verdict
    why: str | None = None
    """Why it was of no use; None: it was."""

    @property
    def failed(self) -> bool:
        """Whether it did not end as it should."""
        return self.verdict == "failed"


class AnsweredBy(Piece):
    """Who took a call, and where."""

    municipality: str | None = None
    building: str | None = None


class JudgedCall(Observation):
    """A telephone call."""

    kind: str = ""
    """number, emergency, outside, in-progress, or gap: one of those made until the first is answered."""
    municipality: str | None = None
    number: str
    building: str | None = None
    """Where it should be answered; of an emergency call, where it is made."""
    answered_by: AnsweredBy | None = None
    """None: nobody."""
    via: str | None = None
    """The machine that took it from the carrier, or handed it over."""
    location: str | None = None
    """What a 112 call gave."""

    @property
    def failed(self) -> bool:
        """A call that measures a gap fails only if the wrong people answer it."""
        return self.verdict == "failed" and (self.kind != GAP or self.answered_by is not None)


class Transaction(Observation):
    """What a clerk or a citizen did with a service."""

    municipality: str = ""
    """Whose clerk or citizen."""
    process: str = ""
    """The most urgent of the processes for which it was done."""
    building: str | None = None
    """Where the clerk sat; None: it was a citizen."""
    what: str = ""
    """record, document, alive, station, login, forbidden or citizen."""
    service: str | None = None
    """A service or a station."""
    host: str | None = None
    id: str | None = None
    """Number of the record or document."""


class NameAnswer(Observation):
    """A name server's wrong answer, or a line that sums up all its answers."""

    name: str
    server: str
    address: str | None = None
    expected: str | None = None


class MeasuredGap(Piece):
    """How long a municipality was without telephone or names."""

    what: str
    """telephone or names."""
    municipality: str
    seconds: float | None
    """From the cut; None: it never came back."""
    ttl_seconds: float | None = None
    """The names' time to live: for that long, others may remember what a name led to."""
    lag_seconds: float | None = None
    """From the moment when the last of their machines was powered on to the first right name."""

    @property
    def late(self) -> bool:
        """Whether names followed their machines later than others forget them."""
        return self.ttl_seconds is not None and self.lag_seconds is not None and self.lag_seconds > self.ttl_seconds

    @property
    def over(self) -> bool:
        """Whether it never ended, or names followed too late."""
        return self.seconds is None or self.late


class SoughtRecord(Piece):
    """A record that a clerk wrote, and whether it was found again."""

    service: str
    municipality: str
    id: str
    written: str
    """before or late: before or after the last replication; survivor: at the other site, during the calamity."""
    found: bool
    age_seconds: float | None = None
    """When the site was lost."""
    rpo_minutes: float | None = None
    verdict: Verdict

    @property
    def failed(self) -> bool:
        """Whether it is not where it should be."""
        return self.verdict == "failed"


class StoppedProcess(Piece):
    """Why a process stopped."""

    why: str = ""
    """What the model says."""
    observed: str | None = None
    """What people saw."""
    owner: str | None = None
    """Of the manual step that brings it back."""


class Continuity(Piece):
    """Which processes of a municipality continued, as observed."""

    continued: list[str] = []
    stopped: dict[str, StoppedProcess] = {}
    sentence: str = ""
    """For people."""


class Trouble(Piece):
    """A guest's unit that did not start, or died."""

    site: str = ""
    guest: str
    unit: str = ""
    """systemd's name of it; `runcmd` for a command of cloud-init, `boot` for the machine itself."""
    what: str = ""
    """What happened, to be read after the unit's name."""
    words: str = ""
    """Its own last words; empty if it said nothing."""
    at: _MomentIfKnown = None
    """When it was noticed."""

    def __str__(self) -> str:
        where = ": ".join(word for word in (self.site, self.guest) if word)
        return f"{where}: {self.unit} {self.what}{f' ({self.words})' if self.words else ''}"


class GuestsReport(Piece):
    """The guests that lived."""

    living: dict[str, int] = {}
    """How many, by site."""
    taking_part: int = 0
    idle: dict[str, str] = {}
    """Kinds of machine that take no part, with why."""
    memory_mib: float | None = None
    """The most that all of them took together."""
    troubles: list[Trouble] = []
    shortened: dict[str, str] = {}
    """What was done otherwise than in production, with how."""


class WorkReport(Piece):
    """What was observed of the work in one scenario; older evidence has nothing of it."""

    guests: GuestsReport | None = None
    machines_only: str | None = None
    """Why no guest lived."""
    continuity: dict[str, Continuity] = {}
    """By municipality."""
    calls: list[JudgedCall] = []
    transactions: list[Transaction] = []
    names: list[NameAnswer] = []
    gaps: list[MeasuredGap] = []
    records: list[SoughtRecord] = []

    @property
    def observed(self) -> bool:
        """Whether guests lived, or anything was tried with them."""
        return self.guests is not None or any(
            (self.calls, self.transactions, self.names, self.gaps, self.records, self.continuity)
        )
