"""`uitwijk sites`: keeps both simulated sites up, for a calamity by hand with plain `pulumi`."""

from __future__ import annotations

from typing import Annotated

import typer

from uitwijk.running.workspace import Workspace

app = typer.Typer(invoke_without_command=True)


@app.callback()
def _sites(
    context: typer.Context,
    first_port: Annotated[
        int | None,
        typer.Option(
            metavar="PORT", min=1024, max=65000, help="Port of the first site's vCenter; the next site's is one higher."
        ),
    ] = None,
) -> None:
    """
    Keep both simulated sites up, to play a calamity by hand with plain `pulumi`.

    Without a command: starts them and stays until Ctrl-C. In another terminal, `eval "$(uitwijk env)"`
    makes `pulumi` use them.

    Examples:

    - `uitwijk sites` - start them
    - `uitwijk sites cut SITE` - the site is lost
    - `uitwijk sites restore SITE` - and comes back as it was
    - `uitwijk sites stop` - from another terminal
    """
    if context.invoked_subcommand is None:
        from uitwijk.commands.simulated_sites import FIRST_PORT, keep_up

        keep_up(Workspace(), first_port or FIRST_PORT)


@app.command("stop")
def _stop_sites() -> None:
    """End the sites that run in another terminal."""
    from uitwijk.commands.simulated_sites import stop

    stop(Workspace())


@app.command("cut")
def _cut_site(site: Annotated[str, typer.Argument(metavar="SITE")]) -> None:
    """Play the loss of a site: nothing there answers any more."""
    from uitwijk.commands.simulated_sites import cut

    cut(Workspace(), site)


@app.command("restore")
def _restore_site(site: Annotated[str, typer.Argument(metavar="SITE")]) -> None:
    """Bring a site back as it was when it was cut off."""
    from uitwijk.commands.simulated_sites import restore

    restore(Workspace(), site)
