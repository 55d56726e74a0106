"""The handbook for production: commands that exist, examples that can be read."""

from __future__ import annotations

import ast
import configparser
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
import yaml

from uitwijk.__main__ import app

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "docs" / "production.md", *sorted((ROOT / "docs" / "production").glob("*.md"))]
EXAMPLES = ROOT / "docs" / "examples"
UNITS = sorted(EXAMPLES.glob("uitwijk-*"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def commands(text: str) -> Iterator[list[str]]:
    """The words behind each `uitwijk` in a console, a unit, a pipeline or a sentence."""
    for line in re.findall(r"(?:\$ |bin/|\|\s*`|`|- )(uitwijk [^`\n|>]+)", text):
        yield shlex.split(line.partition(" || ")[0])[1:]


def refusal(words: list[str]) -> str | None:
    """Why the command line does not take these words; nothing is run."""
    command = typer.main.get_command(app)
    try:
        while isinstance(command, typer.core.TyperGroup):
            context = command.make_context("uitwijk", [words[0]], resilient_parsing=True)
            _, command, _ = command.resolve_command(context, words)
            words = words[1:]
        assert command is not None
        command.make_context("uitwijk", list(words))
    except typer.Exit:
        return None
    except Exception as error:
        return f"{error}"
    return None


@pytest.mark.parametrize("file", [*PAGES, *UNITS, EXAMPLES / "gitlab-ci.yml"], ids=name)
def test_every_command_is_one_that_uitwijk_takes(file: Path) -> None:
    for words in commands(file.read_text(encoding="utf-8")):
        assert refusal([word for word in words if word != "…"]) is None, words


def test_a_command_that_does_not_exist_would_be_seen() -> None:
    assert list(commands("$ uitwijk check --jsn > file")) == [["check", "--jsn"]]
    assert "--jsn" in (refusal(["check", "--jsn"]) or "")
    assert refusal(["chek"])
    assert refusal(["report", "--verify", "evidence"]) is None


def test_the_pages_name_settings_that_the_program_has() -> None:
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))["config"].keys()
    for page in PAGES:
        assert set(re.findall(r"`?uitwijk:([A-Za-z]+)", page.read_text(encoding="utf-8"))) <= declared, page


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_what_stands_in_a_page_as_yaml_is_yaml(page: Path) -> None:
    for block in re.findall(r"^```yaml\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
        assert yaml.safe_load(block)


@pytest.mark.parametrize("part", ["before_script", "script", "after_script"])
def test_the_pipelines_shell_and_python_can_be_read(part: str) -> None:
    job = yaml.safe_load((EXAMPLES / "gitlab-ci.yml").read_text(encoding="utf-8"))["preview"]
    lines = "\n".join(job[part])
    assert subprocess.run(["bash", "-n"], input=lines, text=True, check=False).returncode == 0
    for program in re.findall(r"<<'PYTHON'\n(.*?)^PYTHON", lines, re.MULTILINE | re.DOTALL):
        assert ast.parse(program).body


@pytest.mark.parametrize("unit", UNITS, ids=name)
def test_every_unit_is_complete(unit: Path) -> None:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(unit.read_text(encoding="utf-8"))
    assert parser["Unit"]["Description"]
    if unit.suffix == ".timer":
        assert parser["Timer"]["OnCalendar"]
        assert parser["Install"]["WantedBy"] == "timers.target"
        assert unit.with_suffix(".service") in UNITS
    else:
        assert parser["Service"]["ExecStart"].startswith("/opt/uitwijk/.venv/bin/uitwijk ")
        assert parser["Unit"]["OnFailure"]
