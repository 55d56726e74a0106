"""The regions that tests run on: each a project's data in a folder of its own, and none of them Fryslân's.

`small` has every kind of machine once, and is quick; `foreign` has other names, numbers and addresses throughout, and a
third site. A test that must hold for any region runs on both. What is about Fryslân stands in `tests/fryslan`.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from uitwijk.continuity import load_region, load_situation
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import Situation


@dataclass(frozen=True)
class Data:
    """What a project describes, apart from its program."""

    folder: Path

    @property
    def catalogue(self) -> Path:
        """The folder of the catalogue."""
        return self.folder / "catalogue"

    @property
    def situation_file(self) -> Path:
        """The situation as delivered: all normal."""
        return self.folder / "situation.yaml"

    @cached_property
    def region(self) -> Region:
        """The region; loaded once, for it never changes."""
        return load_region(self.catalogue)

    @property
    def situation(self) -> Situation:
        """What the situation file says."""
        return load_situation(self.situation_file, self.region)

    def copy(self, folder: Path) -> Data:
        """Catalogue, situation and project definition in a new `folder`, for a test to change."""
        shutil.copytree(self.catalogue, folder / "catalogue")
        for file in ("situation.yaml", "Pulumi.yaml"):
            shutil.copy(self.folder / file, folder)
        return Data(folder)


SMALL = Data(Path(__file__).parent / "small")
"""Two sites, a partnership of two municipalities, and one on its own: 63 machines."""
FOREIGN = Data(Path(__file__).parent / "foreign")
"""Three sites, the third of which only takes over, two partnerships, and one municipality on its own: 90 machines."""
