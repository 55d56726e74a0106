"""What the program does besides making resources: it refuses in plain words, and tells what it did as plain data."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType

import pulumi

from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.facts import StackFacts
from uitwijk.continuity.guard import Refusal
from uitwijk.continuity.placement import Placement
from uitwijk.continuity.situation import Situation
from uitwijk.continuity.waiting import ROOM, Decision
from uitwijk.wording import names, up_command

_TOLD = 32
"""Exit code by which a program tells Pulumi's language host that its message has been shown."""
_FRAMES = 8
"""Of the stack trace that the SDK puts into the state with every resource: enough to lead to the line that made it. All
of it is a twelfth of a machine's state, which is written anew at each step of a failover."""


def _without_interruptions(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """The engine interrupts a program that waits for a machine that failed; that is no news of its own."""
    if not issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)


@contextmanager
def told_plainly() -> Iterator[None]:
    """Ends the run on a `UitwijkError`, or on a file that cannot be had, with its lines alone: no traceback."""
    sys.excepthook = _without_interruptions
    sys.tracebacklimit = _FRAMES
    try:
        yield
    except UitwijkError as error:
        pulumi.log.error("\n".join(error.problems))
        sys.exit(_TOLD)
    except OSError as error:
        pulumi.log.error(f"{error.filename}: {error.strerror}" if error.filename else str(error))
        sys.exit(_TOLD)
    finally:
        del sys.tracebacklimit


def only_previewed(situation: Situation) -> bool:
    """Whether this run only shows what a hypothetical situation would change; facts do not matter then.

    Raises:
        UitwijkError: the situation is hypothetical, and this run would apply it.
    """
    if situation.hypothetical and not pulumi.runtime.is_dry_run():
        raise UitwijkError(
            "hypothetical: this situation may be previewed (`pulumi preview`), never applied. "
            "To apply one, declare it: `uitwijk declare …`"
        )
    return situation.hypothetical


def refuse_if(refusals: Sequence[Refusal], own: StackFacts) -> None:
    """Ends the run if the guard refuses, or could not know what this very stack has applied.

    Raises:
        UitwijkError: with every refusal.
    """
    problems = [f"{refusal.row}: {refusal.text}" for refusal in refusals]
    if not own.readable:
        problems.insert(0, f"the state of this stack, {own.site}, cannot be read by `pulumi stack export`: {own.why}")
    if problems:
        raise UitwijkError(problems)


def export_facts(situation: Situation, placement: Placement, site: str, decision: Decision) -> None:
    """Exports what a person or a monitor may want to know: plain data, which no failed resource can hold back.

    What finds no room or waits is told as a warning, too, among the last lines of the run: a list among the outputs is
    easily overlooked.

    Args:
        situation: what is declared.
        placement: of it.
        site: whose stack this is.
        decision: what waits.
    """
    if placement.shed:
        pulumi.log.warn(f"no site has room for {len(placement.shed)} workloads: {names(placement.shed)}")
    for line in _awaited(decision, site):
        pulumi.log.warn(line)
    pulumi.export("epoch", situation.epoch)
    pulumi.export("digest", situation.digest)
    pulumi.export("site", site)
    pulumi.export("workloads", _by_organisation(placement.runs_at(site)))
    pulumi.export("shed", list(placement.shed))
    pulumi.export("waiting", dict(decision.waiting.reasons))
    pulumi.export("manualSteps", [f"{action.owner}: {action.step}" for action in placement.manual_steps])


def _awaited(decision: Decision, site: str) -> Iterator[str]:
    """What waits and for what, a line each."""
    waiting = decision.waiting
    for obstacle in decision.obstacles:
        yield f"{len(obstacle.workloads)} workloads wait ({names(obstacle.workloads)}): {obstacle.row}: {obstacle.text}"
    behind = {key: why for key, why in waiting.reasons.items() if why.startswith("needs ")}
    if behind:
        yield f"{len(behind)} workloads wait for others: {names(f'{key} {why}' for key, why in behind.items())}"
    without_room = [
        name
        for key, why in waiting.reasons.items()
        if why == ROOM
        for name in waiting.machines
        if name.startswith(key.replace("/", "-") + "-")
    ]
    if without_room:
        yield (
            f"{len(without_room)} machines wait for room at {site}: {names(without_room)}. This `up` only removes what "
            f"has to make room for them; run `{up_command(site)}` once more to start them"
        )


def _by_organisation(workloads: Iterable[str]) -> dict[str, str]:
    """One line an organisation, for people read it in a terminal."""
    running: dict[str, list[str]] = {}
    for key in sorted(workloads):
        organisation, service = key.split("/")
        running.setdefault(organisation, []).append(service)
    return {organisation: ", ".join(services) for organisation, services in running.items()}
