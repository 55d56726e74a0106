"""A program that starts simulators and an engine and is then killed: `python -m tests.engine.bring_up FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.engine.stage import HOME, Stage
from uitwijk.running.toolchain import find_toolchain


def main(folder: Path) -> None:
    """Says `creating` as soon as machines come into being."""
    with Stage(folder, find_toolchain()).open() as stage:
        stage.up(HOME, on_machine=lambda *_: (folder / "creating").touch())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
