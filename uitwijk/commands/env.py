"""`uitwijk env`: shell lines with which plain `pulumi` uses this tool chain and the simulated sites, while they run."""

from __future__ import annotations

import os

import typer

from uitwijk.console import AsJson, print_json
from uitwijk.running.env import environment, shell_lines
from uitwijk.running.workspace import Workspace


def env(as_json: AsJson = False) -> None:
    """
    Print the shell lines with which plain `pulumi` uses this tool chain.

    While `uitwijk sites` runs, they point `pulumi` at the simulated sites, too. With UITWIJK_TOOLCHAIN=ambient your own
    `pulumi` stays first.

    Example: `eval "$(uitwijk env)"`
    """
    variables = environment(Workspace(), os.environ)
    if as_json:
        print_json(variables)
    else:
        typer.echo("\n".join(shell_lines(variables)))
