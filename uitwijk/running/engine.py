"""Runs the Pulumi engine on one stack and reports what it does, from its own event log."""

from __future__ import annotations

import json
import shlex
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from uitwijk.continuity.errors import UitwijkError
from uitwijk.observe.pulumi import Pulumi
from uitwijk.observe.stacks import MACHINE
from uitwijk.running import children

_T = TypeVar("_T")

PARALLEL = 32
"""Operations at the same time; measured to work against a simulator. A real vCenter may be the tighter limit."""


@dataclass(frozen=True)
class Stack:
    """A stack as an engineer at its site has it."""

    site: str
    project: Path
    """Folder of the Pulumi.yaml to use."""
    env: Mapping[str, str]
    """The whole environment of the engine."""


@dataclass(frozen=True)
class Operation:
    """What the engine did to one resource."""

    op: str
    """create, update, delete, same, replace, read …"""
    type: str
    name: str
    inputs: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What the resource is to be, if it is to change; secrets are blinded by the engine."""
    properties: tuple[str, ...] = field(default=(), compare=False)
    """What of it is to change."""


@dataclass
class Run:
    """One run of the engine."""

    command: str
    seconds: float = 0.0
    code: int = 0
    operations: list[Operation] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    """Messages of severity error, one line each."""

    @property
    def counts(self) -> Counter[str]:
        """Resources by operation."""
        return Counter(operation.op for operation in self.operations)

    def machines(self, *ops: str) -> list[str]:
        """Names of the machines that had one of `ops`, in the order in which the engine finished them."""
        return [o.name for o in self.operations if o.type == MACHINE and o.op in ops]

    @property
    def changed(self) -> list[Operation]:
        """Everything that was not left as it is."""
        return [operation for operation in self.operations if operation.op not in ("same", "read")]


class Engine:
    """`pulumi` for one stack.

    Args:
        stack: where it stands.
        logs: folder that gets one file with the output of each run.
    """

    def __init__(self, stack: Stack, logs: Path) -> None:
        self.stack = stack
        self._logs = logs
        self._running: subprocess.Popen[str] | None = None

    @property
    def pulumi(self) -> Pulumi:
        """For short questions and orders about the same stack."""
        return Pulumi(self.stack.project, self.stack.env)

    def preview(self, *, settings: Path | None = None, **options: Any) -> Run:
        """`pulumi preview`.

        Args:
            settings: a stack file to use instead of the project's own.
            options: `on_machine`, `expect_failure`.
        """
        other = ("--config-file", str(settings)) if settings else ()
        return self._change(("preview", *other, "--parallel", str(PARALLEL)), **options)

    def up(self, **options: Any) -> Run:
        """`pulumi up` with the failover flags: no preview of its own, independent branches go on after an error."""
        flags = ("--yes", "--skip-preview", "--continue-on-error", "--parallel", str(PARALLEL))
        return self._change(("up", *flags), **options)

    def interrupt(self) -> None:
        """Stops a run that is under way."""
        running = self._running
        if running is not None:
            children.stop(running)

    def _change(
        self,
        args: Sequence[str],
        *,
        on_machine: Callable[[str, str], None] = lambda *_: None,
        expect_failure: bool = False,
    ) -> Run:
        shown = [
            "pulumi",
            args[0],
            *(a for a in args[1:] if a not in ("--parallel", str(PARALLEL))),
            "--stack",
            self.stack.site,
        ]
        run = Run(command=shlex.join(shown))
        self._logs.mkdir(parents=True, exist_ok=True)
        stem = f"{len(list(self._logs.glob('*.log'))) + 1:03d}-{args[0]}-{self.stack.site}"
        log, events = self._logs / f"{stem}.log", self._logs / f"{stem}.events.jsonl"
        command = [self.pulumi.program, *args, "--stack", self.stack.site, "--non-interactive", "--color", "never"]
        begun = time.monotonic()
        events.touch()
        done = threading.Event()
        follower = threading.Thread(target=_follow, args=(events, run, on_machine, done), daemon=True)
        with log.open("w", encoding="utf-8") as output:
            self._running = children.start(
                [*command, "--event-log", events],
                env={**self.stack.env, "PULUMI_DEBUG_COMMANDS": "true"},
                cwd=self.stack.project,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            follower.start()
            try:
                run.code = self._running.wait()
            finally:
                self.interrupt()
                self._running = None
                done.set()
                follower.join()
        run.seconds = time.monotonic() - begun
        if run.code and not run.errors:
            run.errors = [_last_line(log.read_text(encoding="utf-8"))]
        if run.code and not expect_failure:
            raise UitwijkError([f"{run.command} failed (log: {log})", *run.errors[:5]])
        return run


def side_by_side(what: Callable[[str], _T], sites: Iterable[str], engines: Mapping[str, Engine]) -> dict[str, _T]:
    """Runs `what(site)` for every site at once; a failure or a Ctrl-C stops the `engines` before it goes on."""
    names = list(sites)
    with ThreadPoolExecutor(max_workers=max(1, len(names))) as pool:
        waiting = {site: pool.submit(what, site) for site in names}
        try:
            return {site: future.result() for site, future in waiting.items()}
        except BaseException:
            for engine in engines.values():
                engine.interrupt()
            raise


def _follow(path: Path, run: Run, on_machine: Callable[[str, str], None], done: threading.Event) -> None:
    """Reads the engine's event log as it grows, until the engine is `done` and everything was read."""
    with path.open(encoding="utf-8") as lines:
        rest = ""
        while True:
            finished = done.is_set()
            chunk = lines.read()
            if not chunk:
                if finished:
                    return
                done.wait(0.1)
                continue
            *whole, rest = (rest + chunk).split("\n")
            for line in whole:
                if line.strip():
                    _take(json.loads(line), run, on_machine)


def _take(event: dict[str, Any], run: Run, on_machine: Callable[[str, str], None]) -> None:
    outcome = event.get("resOutputsEvent")
    planned = event.get("resourcePreEvent") if "preview" in run.command.split() else None
    if found := (outcome if "preview" not in run.command.split() else planned):
        meta = found["metadata"]
        operation = Operation(meta["op"], meta["type"], meta["urn"].rsplit("::", 1)[1], *_planned(meta))
        run.operations.append(operation)
        if operation.type == MACHINE and operation.op not in ("same", "read"):
            on_machine(operation.op, operation.name)
    diagnostic = event.get("diagnosticEvent")
    if diagnostic and diagnostic.get("severity") == "error":
        run.errors.extend(line.strip() for line in diagnostic["message"].splitlines() if line.strip())


def _planned(meta: Mapping[str, Any]) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    if meta["op"] in ("same", "read"):
        return {}, ()
    inputs = (meta.get("new") or {}).get("inputs") or {}
    return inputs, tuple(sorted(meta.get("detailedDiff") or meta.get("diffs") or ()))


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return next((line for line in reversed(lines) if line.startswith("error:")), lines[-1] if lines else "no message")
