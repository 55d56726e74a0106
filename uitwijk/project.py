"""A region's project: where it is, and what Pulumi calls it."""

from __future__ import annotations

import re
from pathlib import Path

from uitwijk.continuity.bounded import Unreadable, read_text
from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.strict_yaml import parse_yaml

DEFINITION = "Pulumi.yaml"
NAMESPACE = "uitwijk"
"""Of the library's keys in a stack's configuration, whatever the project is called."""


def find_project(start: Path | None = None) -> Path:
    """The nearest folder that holds `Pulumi.yaml` and `catalogue/`: `start`, or one above it.

    Args:
        start: where to begin; None: the working folder.

    Raises:
        UitwijkError: when there is none.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / DEFINITION).is_file() and (folder / "catalogue").is_dir():
            return folder
    raise UitwijkError(
        f"{here}: no project of a region here, nor in a folder above: that has {DEFINITION} and catalogue/; "
        "change to its folder (cd) and try again"
    )


def project_name(folder: Path) -> str:
    """The name that `Pulumi.yaml` in `folder` gives the project; it is part of the names of stacks and resources.

    Raises:
        UitwijkError: when the file cannot be read, or names none.
    """
    path = folder / DEFINITION
    try:
        content = parse_yaml(read_text(path))
    except Unreadable as unreadable:
        raise UitwijkError(f"{path}: the project's name cannot be read: {unreadable}") from None
    name = content.get("name") if isinstance(content, dict) else None
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9_.-]{1,100}", name):
        raise UitwijkError(f"{path}: the project's name cannot be read; it starts with `name: …`")
    return name
