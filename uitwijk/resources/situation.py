"""The situation that a stack has applied, as a record in its state."""

from __future__ import annotations

import pulumi

from uitwijk.continuity.situation import Situation
from uitwijk.continuity.waiting import NOTHING_WAITS, Decision


class SituationRecord(pulumi.ComponentResource):
    """Epoch and digest of the situation, and what of it waits. The guards of both stacks read it from the state.

    It enters the state before the first machine changes: a run that fails half-way must not look older than it is. With
    it goes the newest epoch that the stacks of other sites had applied: a state of theirs that was lost or is an old
    copy is known by that.

    Args:
        name: of the resource.
        situation: what is declared.
        decision: what waits, and what is remembered of other stacks.
    """

    def __init__(
        self,
        name: str,
        situation: Situation,
        decision: Decision = NOTHING_WAITS,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        applied = {
            "epoch": situation.epoch,
            "digest": situation.digest,
            "seen": dict(decision.seen),
            "waiting": dict(decision.waiting.reasons),
        }
        super().__init__("uitwijk:index:Situation", name, applied, opts)
        self.register_outputs(applied)
