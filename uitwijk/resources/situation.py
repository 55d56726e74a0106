"""The situation that a stack has applied, as a record in its state."""

from __future__ import annotations

import pulumi

from uitwijk.continuity.situation import Situation


class SituationRecord(pulumi.ComponentResource):
    """Epoch and digest of the situation. The guards of both stacks read it from the state (`pulumi stack export`).

    It enters the state before the first machine changes: a run that fails half-way must not look older than it is.
    """

    def __init__(self, name: str, situation: Situation, opts: pulumi.ResourceOptions | None = None) -> None:
        applied = {"epoch": situation.epoch, "digest": situation.digest}
        super().__init__("uitwijk:index:Situation", name, applied, opts)
        self.register_outputs(applied)
