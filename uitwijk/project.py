"""A region's project: where it is, and what Pulumi calls it."""

from __future__ import annotations

from pathlib import Path

import yaml

from uitwijk.continuity.errors import UitwijkError

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
        name = yaml.safe_load(path.read_text(encoding="utf-8"))["name"]
    except (OSError, ValueError, yaml.YAMLError, KeyError, TypeError) as error:
        raise UitwijkError(
            f"{path}: the project's name cannot be read ({type(error).__name__}); it starts with `name: …`"
        ) from error
    return str(name)
