"""`uitwijk rebuilt`: a site has an empty new vCenter, and its stack must forget what stood in the old one."""

from __future__ import annotations

from typing import Annotated

import typer

from uitwijk.console import Yes
from uitwijk.running.workspace import Workspace


def rebuilt(
    site: Annotated[str, typer.Argument(metavar="SITE", help="Whose vCenter is new and empty.")],
    yes: Yes = False,
) -> None:
    """
    A lost site comes back with an empty new vCenter: let its stack forget what stood in the old one.

    Data disks and secrets stay in the state; they come back by replication. Refused while machines of the stack stand
    in the vCenter, and unless the site is declared drained. Changes the stack's state only, and keeps the old one.
    """
    from uitwijk.commands.forgetting import run

    run(Workspace(), site, yes=yes)
