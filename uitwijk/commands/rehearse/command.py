"""`uitwijk rehearse`: previews every single calamity, and compares each plan with the approved one."""

from __future__ import annotations

from typing import Annotated

import typer

from uitwijk.console import AsJson
from uitwijk.running.workspace import Workspace


def rehearse(
    calamities: Annotated[
        list[str] | None, typer.Argument(metavar="[CALAMITY] …", help="Which, such as `lost-SITE`; none: all.")
    ] = None,
    live: Annotated[
        bool, typer.Option("--live", help="On the sites that the stack files name, which are only read.")
    ] = False,
    approve: Annotated[bool, typer.Option("--approve", help="Keep the plans as they are now in plans/.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 unless every plan is VERIFIED; for CI.")] = False,
    as_json: AsJson = False,
) -> None:
    """
    Preview every single calamity, and compare each plan with the approved one in plans/.

    A calamity is a site that is lost, a building that is closed, or a building that is closed with the site that it
    houses. Without `--live`, two simulated sites are brought up for it. Nothing is applied.

    - **VERIFIED**: the engine would do what was approved
    - **NEEDS VERIFIED**: it would do something else; the difference is shown
    - **NOT VERIFIED**: no plan was approved yet, or the preview failed

    Examples:

    - `uitwijk rehearse` - all of them, about 3 minutes
    - `uitwijk rehearse lost-SITE closed-BUILDING` - only these
    - `uitwijk rehearse --approve` - and keep what is shown as the approved plans
    - `uitwijk rehearse --live` - on the real sites, read-only
    """
    from uitwijk.commands.rehearse.run import run

    raise typer.Exit(run(Workspace(), calamities or (), live=live, approve=approve, strict=strict, as_json=as_json))
