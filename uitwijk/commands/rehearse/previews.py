"""Previews of stacks in situations that are only thought of; nothing is written but in a folder of their own."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from uitwijk.continuity.bounded import Unreadable, read_text
from uitwijk.continuity.calamity import Calamity
from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.region import Region
from uitwijk.continuity.strict_yaml import parse_yaml, to_yaml
from uitwijk.files import write_private
from uitwijk.running.engine import Engine, Run, Stack

AT_ONCE = max(2, min(4, os.cpu_count() or 2))
"""Previews side by side: each keeps about one core busy."""
_SITUATION = "uitwijk:situation"
_CATALOGUE = "uitwijk:catalogue"


class PreviewError(Exception):
    """Why a preview failed, in one line."""


class Previews:
    """Runs the engine against the stacks of all sites.

    Args:
        region: the region.
        stacks: by site.
        catalogue: its folder.
        folder: gets situations, stack files and logs.
    """

    def __init__(self, region: Region, stacks: Mapping[str, Stack], catalogue: Path, folder: Path) -> None:
        self._region = region
        self._stacks = stacks
        self._catalogue = catalogue
        self._folder = folder
        self._running: set[Engine] = set()
        self._changing = threading.Lock()
        self._interrupted = False

    def run(self, site: str, calamity: Calamity) -> Run:
        """`pulumi preview` of the stack of `site` in the situation of `calamity`, which is marked hypothetical.

        Raises:
            PreviewError: when the engine fails.
        """
        folder = self._folder / (calamity.slug or "normal") / site
        folder.mkdir(parents=True)
        engine = Engine(self._stacks[site], folder)
        with self._changing:
            if self._interrupted:
                raise PreviewError("interrupted")
            self._running.add(engine)
        try:
            run = engine.preview(settings=self._settings(site, calamity, folder), expect_failure=True)
        finally:
            with self._changing:
                self._running.discard(engine)
        if run.code:
            raise PreviewError("; ".join(run.errors[:3]) or f"{run.command} ended with code {run.code}")
        return run

    def interrupt(self) -> None:
        """Ends what runs, and lets nothing more begin."""
        with self._changing:
            self._interrupted = True
            running = list(self._running)
        for engine in running:
            engine.interrupt()

    def _settings(self, site: str, calamity: Calamity, folder: Path) -> Path:
        """The stack's own file, but for the situation."""
        situation = calamity.situation(self._region).model_copy(update={"hypothetical": True})
        declared = folder / "situation.yaml"
        declared.write_text(to_yaml(situation.model_dump(mode="json")), encoding="utf-8")
        own = self._stacks[site].project / f"Pulumi.{site}.yaml"
        content = stack_file(own)
        content["config"] |= {_SITUATION: str(declared), _CATALOGUE: str(self._catalogue)}
        settings = folder / own.name
        write_private(settings, to_yaml(content))
        return settings


def stack_file(path: Path) -> dict[str, Any]:
    """The content of a stack's file, which has keys below `config`.

    Raises:
        UitwijkError: it cannot be read as one.
    """
    try:
        content = parse_yaml(read_text(path))
    except Unreadable as unreadable:
        raise UitwijkError(f"{path.name}: cannot be read as a stack file: {unreadable}") from None
    if not isinstance(content, dict) or not isinstance(content.get("config"), dict):
        raise UitwijkError(f"{path.name}: cannot be read as a stack file: it has no `config:` with keys below it")
    return content
