"""The command `uitwijk`. Each command's work is in a module of its own, imported when it is needed."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from continuity.errors import UitwijkError
from uitwijk.console import output, plain_streams, print_error

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)

SituationFile = Annotated[
    Path | None, typer.Option("--situation", metavar="FILE", help="Another situation file than the repository's.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the facts as JSON.")]


@app.callback()
def _uitwijk() -> None:
    """
    Failover of eight municipalities between two sites.

    A person declares what is lost or closed; `pulumi up` on the surviving site's stack does the rest.
    Start with `uitwijk status`. To see a failover without any risk: `uitwijk drill`.
    """


@app.command()
def status(situation: SituationFile = None, as_json: AsJson = False) -> None:
    """
    Show what is lost or closed now, and who runs, sits and rings where.

    Examples:

    - `uitwijk status` - on one screen, what is not normal first
    - `uitwijk status --json` - the whole placement, for other programs
    - `uitwijk status --situation what-if.yaml` - the same for another situation
    """
    from continuity import place
    from uitwijk.status import Screen
    from uitwijk.workspace import Workspace

    region, declared = Workspace().load(situation)
    placement = place(region, declared)
    if as_json:
        _print_json(placement.to_dict())
    else:
        output().print(Screen(region, declared, placement).everything())


@app.command()
def declare(
    change: Annotated[list[str], typer.Argument(metavar="VERB OBJECT …", help="What happened; several in one call.")],
    by: Annotated[str | None, typer.Option(metavar="WHO", help="Who declares; for the log.")] = None,
    reason: Annotated[str | None, typer.Option(metavar="WHY", help="Why; for the log.")] = None,
    at: Annotated[list[str] | None, typer.Option(metavar="SITE", help="Where a promoted dataset is writable.")] = None,
    staff_to: Annotated[
        list[str] | None,
        typer.Option(metavar="BUILDING=SEATS", help="Where staff of the closed building go first; repeatable."),
    ] = None,
    situation: SituationFile = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show everything, write nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask, even on a terminal.")] = False,
) -> None:
    """
    Declare what is lost, closed, or back. Shows what follows, asks, then writes the next epoch.

    - `lost`, `drained` or `normal`, then a site
    - `closed` or `opened`, then a building
    - `promoted`, then a dataset, with `--at SITE`
    - `override`, then `peer-holds` or `peer-unreadable` (risks split brain; for one epoch)

    Examples:

    - `uitwijk declare lost bolsward closed iszf-office --by "duty officer" --reason fire`
    - `uitwijk declare promoted bolsward --at leeuwarden --by storage --reason fire`
    - `uitwijk declare drained bolsward --by "duty officer" --reason "power is back"`
    - `uitwijk declare closed harlingen-town-hall --staff-to wommels-town-hall=8 --dry-run --by me --reason "what if"`
    """
    from uitwijk import declare as declaring
    from uitwijk.workspace import Workspace

    declaring.run(
        Workspace(),
        change,
        at=at or (),
        staff_to=staff_to or (),
        by=by,
        reason=reason,
        named=situation,
        dry_run=dry_run,
        yes=yes,
    )


@app.command()
def check(as_json: AsJson = False) -> None:
    """
    Could we fail over right now? Looks at the catalogue, every single loss, the stacks and the vCenters.

    Changes nothing. Exits 1 when a line fails; attention is not failure.

    Examples:

    - `uitwijk check` - what fails first, each with its remedy
    - `uitwijk check --json` - for monitoring
    """
    from uitwijk import check as checking
    from uitwijk.workspace import Workspace

    found = list(checking.lines(Workspace()))
    worst = checking.verdict(found)
    if as_json:
        _print_json({"verdict": worst, "lines": [line.to_dict() for line in found]})
    else:
        checking.show(output(), found)
    raise typer.Exit(1 if worst == "fail" else 0)


@app.command()
def env(as_json: AsJson = False) -> None:
    """
    Print the shell lines with which plain `pulumi` uses this tool chain.

    While `uitwijk sites` runs, they point `pulumi` at the simulated sites, too. With UITWIJK_TOOLCHAIN=ambient your own
    `pulumi` stays first.

    Example: `eval "$(.venv/bin/uitwijk env)"`
    """
    from uitwijk.env import environment, shell_lines
    from uitwijk.workspace import Workspace

    variables = environment(Workspace(), os.environ)
    if as_json:
        _print_json(variables)
    else:
        typer.echo("\n".join(shell_lines(variables)))


def _print_json(facts: object) -> None:
    typer.echo(json.dumps(facts, ensure_ascii=False, indent=2))


def run(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code: 2 for bad input, 130 after Ctrl-C."""
    plain_streams()
    try:
        code = app(args=None if arguments is None else list(arguments), prog_name="uitwijk", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except UitwijkError as error:
        for problem in error.problems:
            print_error(problem)
        return 2
    except typer.TyperException as error:
        print_error(error.format_message())
        typer.echo("`uitwijk --help` and `uitwijk COMMAND --help` say what is allowed", err=True)
        return error.exit_code
    except BrokenPipeError:
        # Whoever read us has seen enough; the interpreter must not complain about it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print_error(f"{error.filename}: {error.strerror}" if error.filename else str(error))
        return 2
    except (KeyboardInterrupt, typer.Abort):
        return 130


def main() -> None:
    """The console script."""
    sys.exit(run())


if __name__ == "__main__":
    main()
