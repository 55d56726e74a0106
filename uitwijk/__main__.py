"""`uitwijk`: its verbs, each with its words in a module of its own, and what becomes of errors."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence

import typer

from uitwijk.commands import check, declare, env, lesson, rebuilt, retire, sites, status
from uitwijk.commands.recover import command as recover
from uitwijk.commands.rehearse import command as rehearse
from uitwijk.console import plain_streams, print_error
from uitwijk.continuity.bounded import unfit
from uitwijk.continuity.errors import UitwijkError
from uitwijk.drill import command as drill

_LONGEST_ARGUMENT = 4000
app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _uitwijk() -> None:
    """
    Failover of municipalities between sites.

    A person declares what is lost or closed; `pulumi up` on the surviving site's stack does the rest.
    Start with `uitwijk status`. To see a failover without any risk: `uitwijk drill`.
    """


for verb in (
    status.status,
    declare.declare,
    check.check,
    rehearse.rehearse,
    env.env,
    drill.drill,
    recover.recover,
    rebuilt.rebuilt,
    retire.retire,
    drill.report,
):
    app.command()(verb)
app.add_typer(lesson.app, name="lesson")
app.add_typer(sites.app, name="sites")


def _refuse_unfit(arguments: Sequence[str]) -> None:
    """Refuses what no argument can mean, whichever it is: it would be found in a file, or on a screen, much later.

    Raises:
        UitwijkError: with every such argument.
    """
    problems = []
    for number, argument in enumerate(arguments, 1):
        why = unfit(argument)
        if len(argument) > _LONGEST_ARGUMENT:
            why = f"has {len(argument):,} characters; {_LONGEST_ARGUMENT:,} are the most"
        if why:
            problems.append(f"argument {number}, {json.dumps(argument[:40])}: {why}")
    if problems:
        raise UitwijkError(problems)


def run(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code: 2 for bad input, 130 after Ctrl-C."""
    plain_streams()
    try:
        _refuse_unfit(sys.argv[1:] if arguments is None else arguments)
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
