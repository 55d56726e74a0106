"""The command, run in this process in a copy of the delivered project."""

# ruff: noqa: F811
from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.commands.stacks import Stacks
from tests.delivered import catalogue, region  # noqa: F401
from uitwijk.__main__ import run
from uitwijk.continuity import load_situation
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import Situation

ROOT = Path(__file__).resolve().parents[2]
SAID = ("--by", "duty officer", "--reason", "fire")


@dataclass(frozen=True)
class Said:
    """What a run of the command left behind."""

    code: int
    out: str
    err: str


class Desk:
    """Where the duty officer works."""

    def __init__(self, folder: Path, region: Region, capture: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._region = region
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


@pytest.fixture
def desk(tmp_path: Path, region: Region, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    """A copy of the project that is data alone, an 80-column terminal without colour, and nothing of Pulumi's."""
    folder = tmp_path / "desk"
    shutil.copytree(ROOT / "catalogue", folder / "catalogue")
    for file in ("situation.yaml", "Pulumi.yaml"):
        shutil.copy(ROOT / file, folder)
    monkeypatch.chdir(folder)
    for name in [name for name in os.environ if name.startswith(("PULUMI_", "UITWIJK_", "VSPHERE_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("UITWIJK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    return Desk(folder, region, capsys)


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
