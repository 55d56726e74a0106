"""What a machine does beyond what every machine does: files and commands, as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2


@dataclass(frozen=True, kw_only=True)
class File:
    """A file on the machine."""

    path: str
    content: str
    permissions: str = "0644"
    owner: str = "root:root"
    """An account that a package may bring."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """Debian packages, files, and shell commands that run once, when packages and files are there."""

    bound: Sequence[str] = ()
    """Systemd units that work on the machine's data disks: they start only when these are mounted, at every boot."""

    packages: Sequence[str] = ()
    files: Sequence[File] = ()
    commands: Sequence[str] = ()

    def __add__(self, other: Job) -> Job:
        return Job(
            bound=[*self.bound, *other.bound],
            packages=[*self.packages, *other.packages],
            files=[*self.files, *other.files],
            commands=[*self.commands, *other.commands],
        )


def data_path(disk: str) -> str:
    """Where a data disk is mounted."""
    return f"/srv/{disk}"


def render(template: str, **values: Any) -> str:
    """The text of a file in `templates/`, every value of which must be given."""
    return _TEMPLATES.get_template(f"{template}.j2").render(**values)


def _quoted(text: str) -> str:
    """A string literal of Kamailio's configuration; what cannot be printed is left out."""
    printable = "".join(character for character in text if character.isprintable())
    escaped = printable.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    autoescape=False,
)
_TEMPLATES.filters["quoted"] = _quoted
