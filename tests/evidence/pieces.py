"""Pieces of evidence for tests."""

from __future__ import annotations

from typing import Any, TypeVar

from uitwijk.evidence.piece import Piece
from uitwijk.evidence.scenario import Scenario
from uitwijk.evidence.work_report import (
    AnsweredBy,
    Continuity,
    GuestsReport,
    JudgedCall,
    MeasuredGap,
    NameAnswer,
    SoughtRecord,
    StoppedProcess,
    Transaction,
    Trouble,
)

AnyPiece = TypeVar("AnyPiece", bound=Piece)


def but(piece: AnyPiece, /, **other: Any) -> AnyPiece:
    """The same piece with some other values."""
    return type(piece).model_validate(piece.model_dump() | other)


def saying(kind: type[AnyPiece], words: str, /, **other: Any) -> AnyPiece:
    """A piece with the same words in each of its texts."""
    texts = {name: words for name, field in kind.model_fields.items() if field.annotation in (str, str | None)}
    return kind.model_validate(texts | other)


def tell_all_work(scenario: Scenario, words: str) -> None:
    """Records a piece of each kind of work with the same words in each of its texts; every attempt failed."""
    failed = {"at": "2026-11-27T08:11:58.000Z", "seconds": 1.0, "verdict": "failed"}
    answered_by = saying(AnsweredBy, words)
    for kind in ("number", "emergency", words):
        scenario.calls([saying(JudgedCall, words, kind=kind, answered_by=answered_by, **failed)])
    scenario.transactions([saying(Transaction, words, **failed)])
    scenario.names([saying(NameAnswer, words, **failed)])
    for what in ("telephone", words):
        scenario.gaps([saying(MeasuredGap, words, what=what, seconds=1.0, ttl_seconds=60)])
    scenario.records([saying(SoughtRecord, words, found=False, verdict="failed")])
    stopped = {words: saying(StoppedProcess, words)}
    scenario.continuity({words: saying(Continuity, words, continued=[words * 2], stopped=stopped)})
    troubles = [saying(Trouble, words)]
    idle = shortened = {words: words}
    scenario.guests(GuestsReport(living={words: 1}, idle=idle, troubles=troubles, shortened=shortened))
