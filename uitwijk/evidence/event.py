"""One line of `events.jsonl`: something that was done or seen, when, from where and by whom."""

from __future__ import annotations

import json

from uitwijk.evidence.piece import Moment, Piece

EVENTS = "events.jsonl"


class Event(Piece):
    """Something that was done or seen. Each names the one before it, so that none is altered or dropped unseen."""

    action: str
    """A verb phrase."""
    object: str
    result: str
    """What came of it, one line."""
    origin: str
    """Where it was done from: `program@host`."""
    actor: str
    """Who started the exercise."""
    time: Moment
    previous: str
    """SHA-256 of the line before it; empty in the first one."""

    def line(self) -> str:
        """As it stands in the file, without its line end."""
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False)
