"""Previews of stacks in situations that are only thought of; nothing is written but in a folder of their own."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from pathlib import Path

import yaml

from uitwijk.continuity.calamity import Calamity
from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.region import Region
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
        declared.write_text(yaml.safe_dump(situation.model_dump(mode="json")), encoding="utf-8")
        own = self._stacks[site].project / f"Pulumi.{site}.yaml"
        try:
            content = yaml.safe_load(own.read_text(encoding="utf-8"))
            content["config"] |= {_SITUATION: str(declared), _CATALOGUE: str(self._catalogue)}
        except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
            raise UitwijkError(f"{own.name}: cannot be read as a stack file ({type(error).__name__})") from error
        settings = folder / own.name
        settings.touch(mode=0o600)
        settings.write_text(yaml.safe_dump(content), encoding="utf-8")
        return settings
