"""The situation that a stack has applied, as a record in its state."""

from __future__ import annotations

from collections.abc import Iterable

import pulumi

from uitwijk.continuity.situation import Situation


class SituationRecord(pulumi.ComponentResource):
    """Epoch and digest of the situation. The guards of both stacks read it from the state (`pulumi stack export`).

    It enters the state before the first machine changes: a run that fails half-way must not look older than it is.
    """

    def __init__(self, situation: Situation, opts: pulumi.ResourceOptions | None = None) -> None:
        applied = {"epoch": situation.epoch, "digest": situation.digest}
        super().__init__("uitwijk:index:Situation", "situation", applied, opts)
        self.register_outputs(applied)

    def before(self, resources: Iterable[pulumi.Resource]) -> pulumi.Output[list[pulumi.Resource]]:
        """`resources` as dependencies, told only when the record is in the state.

        Naming a component in `depends_on` waits for its children alone, and this one has none.
        """
        listed = list(resources)
        return self.urn.apply(lambda _: listed)
