"""What sipp's scenarios write down is read as it was meant, also while it is being written."""

from __future__ import annotations

from pathlib import Path

from uitwijk.drill.players.telephony.events import END, read_events
from uitwijk.utc import stamp

RINGS = "2026-11-25\t14:05:00.250000\t1795615500.250000;rings;call-1;+31527991200\n"
REACHED = f"2026-11-25\t14:05:01.000000\t1795615501.000000;reached;call-2\nINVITE sip:112@x SIP/2.0\n\nv=0\n{END}\n"


def events(folder: Path, text: str) -> list[tuple[str, str, str, str, str]]:
    """Everything that a log says."""
    log = folder / "log"
    log.write_text(text, encoding="utf-8")
    return [(stamp(event.at), event.what, event.call_id, event.detail, event.message) for event in read_events(log)]


def test_events_have_their_time_and_a_message_is_kept_whole(tmp_path: Path) -> None:
    assert events(tmp_path, RINGS + REACHED + RINGS) == [
        ("2026-11-25T14:05:00.250Z", "rings", "call-1", "+31527991200", ""),
        ("2026-11-25T14:05:01.000Z", "reached", "call-2", "", "INVITE sip:112@x SIP/2.0\n\nv=0"),
        ("2026-11-25T14:05:00.250Z", "rings", "call-1", "+31527991200", ""),
    ]


def test_what_is_still_being_written_is_left_for_the_next_time(tmp_path: Path) -> None:
    whole = len(events(tmp_path, RINGS + REACHED))
    assert whole == 2
    for length in range(len(RINGS), len(RINGS + REACHED)):
        assert len(events(tmp_path, (RINGS + REACHED)[:length])) == 1


def test_no_log_is_no_event(tmp_path: Path) -> None:
    assert read_events(tmp_path / "log") == []
