"""The words of the verbs that the drill brings, `drill` and `report`. Their work is imported when it is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from uitwijk.console import output, print_error


def drill(
    scenario: Annotated[str | None, typer.Option(metavar="S1|S2|S3", help="Only this scenario.")] = None,
    municipality: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Whose town hall S1 closes; `all` in turn; none: whose `expectations/` say."),
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the sites up at the end, until Ctrl-C.")] = False,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Where the evidence goes.")] = None,
    guests: Annotated[
        Literal["required", "auto", "none"],
        typer.Option(help="Whether machines come alive: `auto` where this computer can, `required` or not at all."),
    ] = "auto",
    state: Annotated[
        Literal["files", "postgres"],
        typer.Option(help="What holds the stacks' states: `files`, or a `postgres` database at each site."),
    ] = "files",
) -> None:
    """
    Play the exercise: simulated vCenters, the real engine, living guests, independent checks, evidence.

    - **S1**: a town hall is unreachable
    - **S2**, **S3**: a site is lost, and comes back; `expectations/` say which, and how

    It works on copies: your situation, stacks and states stay as they are. Exits 0 when everything passed.

    Engine and simulator are built on first use (about 10 minutes) and kept in a cache: `$UITWIJK_CACHE`, else
    `$XDG_CACHE_HOME/uitwijk`, else `~/.cache/uitwijk`. With UITWIJK_TOOLCHAIN=ambient your own `pulumi` plays.

    Guests live where this computer can have them (root, Linux, Debian's archive): the machines' own configuration
    starts real name servers, telephone exchanges and services; telephones ring, clerks work. Else: machines only.

    With `--state postgres` each site's state is in a database of its own, of which the other site fetches a copy. The
    lost site's is lost, restored from the copy at the survivor, and brought back. Debian's PostgreSQL 15 plays.

    Examples:

    - `uitwijk drill` - all three
    - `uitwijk drill --scenario S1 --municipality all` - every town hall in turn
    - `uitwijk drill --scenario S2 --keep --out evidence/s2` - and look around afterwards
    - `uitwijk drill --scenario S2 --state postgres` - states in databases, one lost with its site
    - `uitwijk drill --guests none` - machines only: shorter, and nothing rings
    """
    from uitwijk.drill.play import drill as play

    raise typer.Exit(play(scenario, municipality, keep, out, guests, state))


def report(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a drill's evidence.")],
    verify: Annotated[
        bool, typer.Option("--verify", help="Only see whether the evidence is as the exercise left it.")
    ] = False,
) -> None:
    """
    Render the evidence of a drill again, or see whether anybody changed it.

    `--verify` names each altered, dropped or moved line of the events, and each file that was changed, added or removed
    since; exits 1 if there is any. It prints the hash of the seal: compare it with the one in your minutes.

    Examples:

    - `uitwijk report evidence/20261127-081200`
    - `uitwijk report --verify evidence/20261127-081200`
    """
    if verify:
        from uitwijk.evidence.seal import broken, seal_of

        problems = broken(directory)
        for problem in problems:
            print_error(problem)
        if problems:
            raise typer.Exit(1)
        output().print(f"{directory.name} is as the exercise left it. Seal: {seal_of(directory)}", soft_wrap=True)
    else:
        from uitwijk.drill.report.page import render

        typer.echo(render(directory))
