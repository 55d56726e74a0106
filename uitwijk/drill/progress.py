"""Tells a person how far the drill is: scenario, step, machines done of total, elapsed."""

from __future__ import annotations

import threading
import time
from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.text import Text

_PLAIN_SECONDS = 15
"""How often a line is printed where the screen cannot be redrawn."""


class Progress:
    """One line that keeps changing on a terminal; a line at each step and every 15 seconds elsewhere."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._begun = time.monotonic()
        self._scenario = ""
        self._step = ""
        self._step_begun = self._begun
        self._machines: dict[str, tuple[int, int]] = {}
        self._closing = threading.Event()
        self._live = Live(console=console, get_renderable=self._line, transient=True) if console.is_terminal else None
        self._ticker = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Progress:
        if self._live:
            self._live.start()
        else:
            self._ticker.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        if self._live:
            self._live.stop()

    def scenario(self, name: str) -> None:
        """A scenario begins."""
        self._scenario = name
        self._console.print(f"[bold]{name}[/bold]")

    def step(self, name: str) -> None:
        """A step begins."""
        self._step, self._step_begun, self._machines = name, time.monotonic(), {}
        if not self._live:
            self._console.print(self._line())

    def ended(self, name: str, result: str, good: bool = True) -> None:
        """A step has ended."""
        sign = "[green]✓[/green]" if good else "[red]✗[/red]"
        seconds = time.monotonic() - self._step_begun
        self._console.print(f"  {sign} {name} [dim]· {result} · {seconds:.1f} s[/dim]", highlight=False)
        self._step = ""

    def machines(self, stack: str, done: int, total: int) -> None:
        """So many machines of a stack have changed."""
        self._machines[stack] = (done, total)

    def note(self, text: str) -> None:
        """Something that a person should read now."""
        self._console.print(f"  {text}", highlight=False)

    def _line(self) -> Text:
        elapsed = int(time.monotonic() - self._begun)
        parts = [self._scenario.split(":")[0], self._step or "…"]
        parts += [f"{stack}: {done} of {total} machines" for stack, (done, total) in self._machines.items()]
        parts.append(f"{elapsed // 60}:{elapsed % 60:02d} elapsed")
        return Text("  " + " · ".join(part for part in parts if part), no_wrap=True, overflow="ellipsis")

    def _tick(self) -> None:
        while not self._closing.wait(_PLAIN_SECONDS):
            if self._step:
                self._console.print(self._line())
