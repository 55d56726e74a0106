"""The runbook's commands for the engine are ones that this engine knows, with every option."""

from __future__ import annotations

import re
import shlex
import subprocess
from itertools import takewhile

import pytest

from tests.fryslan.runbook_pages import DOCS, FOLDER
from uitwijk.running.toolchain import Toolchain

TEXTS = [file.read_text(encoding="utf-8") for file in (DOCS / "runbook.md", *FOLDER.iterdir())]
TYPED = sorted(
    {match for text in TEXTS for match in re.findall(r"(?:^\$ |`)(pulumi [a-z][^`\n]*)", text, re.MULTILINE)}
)


@pytest.mark.parametrize("typed", TYPED)
def test_the_engine_knows_the_command_and_its_options(toolchain: Toolchain, typed: str) -> None:
    words = shlex.split(typed)[1:]
    command = list(takewhile(lambda word: not word.startswith("-"), words))
    asked = subprocess.run([toolchain.pulumi, *command, "--help"], capture_output=True, text=True, check=True)
    assert f"pulumi {' '.join(command)} " in asked.stdout
    for option in (word for word in words if word.startswith("--")):
        assert re.search(rf"(?<![\w-]){option}(?![\w-])", asked.stdout), option
