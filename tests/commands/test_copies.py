"""`uitwijk check`: how old the copy of a state is that another site fetches from its database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.continuity.situations import situation
from tests.regions import SMALL
from uitwijk.commands.readiness.copies import copy_lines
from uitwijk.commands.readiness.line import Line, Verdict
from uitwijk.continuity.facts import StackFacts
from uitwijk.observe.database import Copy
from uitwijk.observe.readings import StackReading

WRITTEN = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
WHOLE = Copy(True, True, 0, 2.0, WRITTEN)


def line(copy: Copy, *, lost: tuple[str, ...] = ()) -> Line:
    read = StackReading("veldoord", None, None, StackFacts("veldoord", readable=True), {}, (), None, copy=copy)
    (found,) = copy_lines(situation(SMALL.region, lost=lost), read)
    assert found.subject == "state copy veldoord"
    return found


def test_a_state_that_is_in_no_database_has_no_such_line() -> None:
    read = StackReading("veldoord", None, None, StackFacts("veldoord", readable=True), {}, (), None)
    assert [*copy_lines(situation(SMALL.region), read)] == []


def test_a_whole_copy_is_told_with_its_age() -> None:
    told = line(WHOLE)
    assert told.verdict is Verdict.OK
    assert told.why == "holds everything, as of 2 s ago; the state was last written at 2026-11-01 09:00:00 UTC"
    assert line(replace(WHOLE, missing=900)).why.startswith("2 s old; ")


@pytest.mark.parametrize(
    ("copy", "why"),
    [
        (replace(WHOLE, arranged=False, fetched=False, age_seconds=None), "no other site fetches a copy of it"),
        (replace(WHOLE, fetched=False, missing=1025, age_seconds=None), "nobody fetches it, and 2 KiB are not in"),
        (replace(WHOLE, missing=4096, age_seconds=75.0), "75 s old, and 4 KiB are not in it"),
    ],
)
def test_a_copy_that_lags_or_is_not_fetched_fails_and_says_how_to_go_on(copy: Copy, why: str) -> None:
    told = line(copy)
    assert told.verdict is Verdict.FAIL
    assert told.why.startswith(why)
    assert "docs/production/state-and-secrets.md" in told.remedy


def test_while_a_site_is_lost_nobody_can_be_asked_to_fetch() -> None:
    told = line(replace(WHOLE, fetched=False, age_seconds=None), lost=("zandermeer",))
    assert told.verdict is Verdict.ATTENTION
    assert told.remedy.startswith("once the lost site is back: ")


def test_an_account_that_may_not_see_is_told_what_it_lacks() -> None:
    assert "pg_read_all_stats" in line(replace(WHOLE, age_seconds=None)).remedy
