"""The command, run in this process in a copy of a project's data."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.commands.stacks import Stacks
from tests.regions import SMALL, Data
from uitwijk.__main__ import run
from uitwijk.continuity import load_situation
from uitwijk.continuity.situation import Situation

SAID = ("--by", "duty officer", "--reason", "fire")


@dataclass(frozen=True)
class Said:
    """What a run of the command left behind."""

    code: int
    out: str
    err: str


class Desk:
    """Where the duty officer works."""

    def __init__(self, data: Data, capture: pytest.CaptureFixture[str]) -> None:
        self.folder = data.folder
        self._region = data.region
        self._capture = capture

    @property
    def file(self) -> Path:
        """The situation file."""
        return self.folder / "situation.yaml"

    @property
    def situation(self) -> Situation:
        """What the situation file says."""
        return load_situation(self.file, self._region)

    def uitwijk(self, *words: str) -> Said:
        """Runs `uitwijk` with `words`."""
        self._capture.readouterr()
        code = run(words)
        return Said(code, *self._capture.readouterr())

    def declare(self, text: str, *options: str) -> Said:
        """Runs `uitwijk declare` with the words of `text`, by somebody and for some reason."""
        return self.uitwijk("declare", *text.split(), *SAID, *options)

    def must_declare(self, *texts: str) -> None:
        """Declares one after the other; each must be accepted."""
        for text in texts:
            said = self.declare(text)
            assert said.code == 0, said.err


def open_desk(data: Data, folder: Path, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> Desk:
    """A copy of the data below `folder`, an 80-column terminal without colour, and nothing of Pulumi's."""
    here = data.copy(folder / "desk")
    patch.chdir(here.folder)
    for name in [name for name in os.environ if name.startswith(("PULUMI_", "UITWIJK_", "VSPHERE_"))]:
        patch.delenv(name)
    patch.setenv("UITWIJK_CACHE", str(folder / "cache"))
    patch.setenv("COLUMNS", "80")
    patch.delenv("FORCE_COLOR", raising=False)
    return Desk(here, capture)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    """Where the duty officer of the small region works."""
    return open_desk(SMALL, tmp_path, monkeypatch, capsys)


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stacks:
    """A `pulumi` on PATH that gives prepared answers."""
    folder = tmp_path / "bin"
    monkeypatch.setenv("PATH", str(folder))
    return Stacks(folder)


@pytest.fixture
def refusing() -> Iterator[str]:
    """An address at which nobody answers."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{held.getsockname()[1]}"


def lines_of(said: Said) -> Sequence[str]:
    """The printed lines without what surrounds them."""
    return [line.strip() for line in said.out.splitlines()]
