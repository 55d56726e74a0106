"""`uitwijk recover`: the words of the verb; its work is imported when it is asked for."""

from __future__ import annotations

from typing import Annotated

import typer

from uitwijk.console import AsJson, Yes
from uitwijk.running.workspace import Workspace


def recover(
    site: Annotated[str, typer.Argument(metavar="SITE", help="Whose run broke off.")],
    yes: Yes = False,
    as_json: AsJson = False,
    owner_is_dead: Annotated[
        str | None,
        typer.Option(
            "--owner-is-dead",
            metavar="NAME",
            help="You, by name: the run that holds the lock is dead, though that cannot be seen from here.",
        ),
    ] = None,
) -> None:
    """
    A run broke off (killed, power lost, vCenter gone in the middle): put state and vCenter in order again.

    Shows what it found and what it will do, asks, does it, and says what to run next. It never deletes, formats or
    forgets a data disk. It may be killed at any step and run again.

    Examples:

    - `uitwijk recover north` - look, and ask
    - `uitwijk recover north --yes` - do not ask
    - `uitwijk recover north --owner-is-dead "duty officer"` - its office has burnt down, and its lock is left
    """
    from uitwijk.commands.recover.run import recover as put_in_order

    raise typer.Exit(put_in_order(Workspace(), site, yes=yes, as_json=as_json, owner_is_dead=owner_is_dead))
