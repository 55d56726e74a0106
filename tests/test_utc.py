"""The one clock, and how moments are written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from uitwijk import utc

AMSTERDAM_IN_SUMMER = timezone(timedelta(hours=2))
MOMENT = datetime(2026, 7, 28, 10, 12, 0, 250_000, AMSTERDAM_IN_SUMMER)


def test_a_moment_of_any_zone_is_written_in_utc_with_milliseconds() -> None:
    assert utc.stamp(MOMENT) == "2026-07-28T08:12:00.250Z"


def test_a_moment_in_a_file_name_is_in_utc_and_has_no_colon() -> None:
    assert utc.file_stamp(MOMENT) == "20260728-081200"


def test_a_stamp_of_now_reads_back_as_now() -> None:
    before = utc.now()
    read = datetime.fromisoformat(utc.stamp())
    assert timedelta() <= read - before.replace(microsecond=before.microsecond // 1000 * 1000) < timedelta(seconds=5)
    assert read.tzinfo == UTC
