"""What every test may use: the regions that tests run on, and a copy of a catalogue to spoil."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.needed import needed
from tests.regions import FOREIGN, SMALL
from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.region import Region
from uitwijk.running.toolchain import Toolchain, find_toolchain

ROOT = Path(__file__).resolve().parent.parent

# Tests interrupt their children. A background job of a shell has SIGINT ignored, and children would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("same-every-time", deadline=None, derandomize=True, max_examples=60)
settings.register_profile("thorough", deadline=None, max_examples=3000)
# For mutants, each of which runs the tests again. A change makes tests slow now and then, which is no fault of theirs;
# and nobody reads the example that fails, so none is made simpler.
settings.register_profile(
    "mutants",
    deadline=None,
    derandomize=True,
    max_examples=5,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same-every-time"))


@pytest.fixture(scope="session")
def region() -> Region:
    """The small region."""
    return SMALL.region


@pytest.fixture(scope="session")
def foreign() -> Region:
    """The region that has as little as can be in common with the small one."""
    return FOREIGN.region


class Catalogue:
    """A copy of a catalogue."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def change(self, file: str, old: str, new: str) -> Catalogue:
        """Replaces the one place in `file` that reads `old`."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8")
        return self

    def write(self, file: str, text: str) -> Catalogue:
        """Makes `file` hold `text` and nothing else."""
        (self.folder / file).write_text(text, encoding="utf-8")
        return self

    def read(self, file: str) -> str:
        """What `file` holds."""
        return (self.folder / file).read_text(encoding="utf-8")


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    """A copy of the small region's catalogue that a test may spoil."""
    return Catalogue(shutil.copytree(SMALL.catalogue, tmp_path / "catalogue"))


@pytest.fixture(scope="session")
def toolchain() -> Toolchain:
    """The engine, its plugins and the simulator."""
    return needed("the tool chain", find_toolchain, UitwijkError)
