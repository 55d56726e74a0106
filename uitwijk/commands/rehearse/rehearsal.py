"""A rehearsal: the plan of each calamity as the engine tells it now, held against the approved one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from uitwijk.commands.rehearse.plan_book import PlanBook, Status, difference
from uitwijk.commands.rehearse.previews import AT_ONCE, PreviewError
from uitwijk.commands.rehearse.stack_plan import changes, stack_plan
from uitwijk.continuity.calamity import NOTHING, Calamity
from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.plan import MACHINES, foreseen
from uitwijk.continuity.region import Region
from uitwijk.running.engine import Operation, Run
from uitwijk.wording import count, listed, shortened

Preview = Callable[[str, Calamity], Run]
"""Previews the stack of a site in a calamity; raises PreviewError."""


@dataclass(frozen=True)
class Rehearsed:
    """What came of one calamity."""

    calamity: Calamity
    plan: Mapping[str, Any] | None
    """As it would be carried out now; None: that is not known."""
    approved: Mapping[str, Any] | None
    problem: str = ""
    """Why the plan cannot be relied upon, whatever was approved."""
    unreadable: str = ""
    """Why nobody knows what was approved, although something was."""

    @property
    def status(self) -> Status:
        """How far the plan can be trusted."""
        if self.problem or self.plan is None or self.approved is None:
            return Status.NOT_VERIFIED
        return Status.VERIFIED if self.approved == self.plan else Status.NEEDS_VERIFIED

    @property
    def why(self) -> str:
        """The status in words."""
        if self.problem:
            return self.problem
        if self.approved is None:
            return self.unreadable or "no plan was approved yet"
        changed = sum(line[0] in "+-" for line in self.difference)
        return f"not as approved; {count(changed, 'line')} changed" if changed else self.summary

    @property
    def difference(self) -> list[str]:
        """What differs from the approved plan, as lines with `-` and `+`."""
        return difference(self.approved, self.plan) if self.approved is not None and self.plan is not None else []

    @property
    def summary(self) -> str:
        """What the engine would do, in one line."""
        clauses = [
            f"{listed(f'{len(kinds[kind])} {kind}' for kind in _machines_first(kinds))} {_VERBS.get(op, op)} at {site}"
            for site, operations in (self.plan or {}).get("stacks", {}).items()
            for op, kinds in operations.items()
        ]
        return "; ".join(clauses) or "no resource changes"

    def to_dict(self) -> dict[str, Any]:
        """The outcome as plain data."""
        return {
            "calamity": self.calamity.slug,
            "status": self.status.value,
            "why": self.why,
            "difference": self.difference,
        }


def _machines_first(kinds: Iterable[str]) -> list[str]:
    return sorted(kinds, key=lambda kind: (kind != MACHINES, kind))


_VERBS = {"create": "appear", "delete": "disappear", "update": "change", "replace": "are replaced"}


class Rehearsal:
    """Previews calamities side by side.

    Args:
        region: the region.
        book: the approved plans.
        preview: runs the engine.
        interrupt: ends the previews that run, when nobody waits for them any more.
    """

    def __init__(
        self, region: Region, book: PlanBook, preview: Preview, interrupt: Callable[[], None] = lambda: None
    ) -> None:
        self._region = region
        self._book = book
        self._preview = preview
        self._interrupt = interrupt
        self.usual: dict[str, list[Operation]] = {}
        """What a preview of a normal day would change, by site; it is left out of every plan."""

    def play(self, calamities: Sequence[Calamity]) -> Iterator[Rehearsed]:
        """Each calamity as soon as it is previewed, in the order of `calamities`."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            try:
                yield from self._played(pool, calamities)
            except BaseException:
                # Else the pool would first play all that is left.
                pool.shutdown(wait=False, cancel_futures=True)
                self._interrupt()
                raise

    def _played(self, pool: ThreadPoolExecutor, calamities: Sequence[Calamity]) -> Iterator[Rehearsed]:
        normal = {site: pool.submit(self._preview, site, NOTHING) for site in self._region.sites}
        running = [
            (calamity, {site: pool.submit(self._preview, site, calamity) for site in self._living(calamity)})
            for calamity in calamities
        ]
        problems: dict[str, str] = {}
        for site, future in normal.items():
            try:
                self.usual[site] = changes(future.result().operations)
            except PreviewError as error:
                problems[site] = f"a normal day cannot be previewed at {site}: {error}"
        for calamity, runs in running:
            yield self._judged(calamity, runs, problems)

    def _living(self, calamity: Calamity) -> Sequence[str]:
        return calamity.situation(self._region).living

    def _judged(self, calamity: Calamity, runs: Mapping[str, Future[Run]], problems: Mapping[str, str]) -> Rehearsed:
        approved, unreadable = self._approved(calamity)
        try:
            stacks = {}
            for site, future in runs.items():
                run = future.result()
                if site in problems:
                    return Rehearsed(calamity, None, approved, problems[site])
                stacks[site] = stack_plan(run.operations, self.usual[site])
        except PreviewError as error:
            return Rehearsed(calamity, None, approved, f"the preview failed: {error}", unreadable)
        expected = foreseen(self._region, calamity)
        plan = {**expected, "stacks": stacks}
        return Rehearsed(calamity, plan, approved, "; ".join(_disagreements(expected["stacks"], stacks)), unreadable)

    def _approved(self, calamity: Calamity) -> tuple[Mapping[str, Any] | None, str]:
        try:
            return self._book.approved(calamity.slug), ""
        except UitwijkError as error:
            return None, "; ".join(error.problems)


def machines_only(operations: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Of a stack's plan what the model can foresee."""
    return {op: {MACHINES: kinds[MACHINES]} for op, kinds in operations.items() if MACHINES in kinds}


def _disagreements(expected: Mapping[str, Any], stacks: Mapping[str, Any]) -> Iterator[str]:
    for site, operations in stacks.items():
        found = machines_only(operations)
        for op in sorted({*found, *expected[site]}):
            ours, engines = (set(plan.get(op, {}).get(MACHINES, ())) for plan in (expected[site], found))
            if ours != engines:
                yield f"{op} at {site}: engine and placement differ about {shortened(sorted(ours ^ engines))}"
