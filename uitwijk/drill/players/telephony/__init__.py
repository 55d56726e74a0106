"""Real telephony in a drill, by sipp: telephones in every building, the carrier with the control room, and callers."""

from __future__ import annotations

from uitwijk.drill.players.telephony.exchange import Telephony

__all__ = ["Telephony"]
