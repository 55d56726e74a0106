"""The guard: whether this site's stack may be brought to what the placement says. Facts in, refusals out.

Two sites alone cannot decide safely which of them is dead. A person declares; this refuses what could put two sites to
work on one workload, or one on data that is not the writable copy. Only cold workloads are judged.
"""

from __future__ import annotations

from uitwijk.continuity.guard.history import was_away, worked_in
from uitwijk.continuity.guard.refusal import Refusal, backup
from uitwijk.continuity.guard.rows import judge

__all__ = ["Refusal", "backup", "judge", "was_away", "worked_in"]
