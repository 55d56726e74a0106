"""The words of `uitwijk`. Each command's work is in a module of its own, imported when it is needed."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from uitwijk.commands.lesson_words import app as lessons
from uitwijk.commands.sites_words import app as sites
from uitwijk.console import AsJson, output, plain_streams, print_error, print_json
from uitwijk.continuity.errors import UitwijkError

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
    from uitwijk.commands.status import Screen
    from uitwijk.continuity import place
    from uitwijk.running.workspace import Workspace

    region, declared = Workspace().load(situation)
    placement = place(region, declared)
    if as_json:
        print_json(placement.to_dict())
    else:
        output().print(Screen(region, declared, placement))


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
    from uitwijk.commands import declare as declaring
    from uitwijk.running.workspace import Workspace

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
def check(
    all_calamities: Annotated[
        bool, typer.Option("--all-calamities", help="Prove every combination of losses in the model, and nothing else.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """
    Could we fail over right now? Looks at the catalogue, every single calamity, the stacks and the vCenters.

    Changes nothing. Exits 1 when a line fails; attention is not failure.

    Examples:

    - `uitwijk check` - what fails first, each with its remedy
    - `uitwijk check --json` - for monitoring
    - `uitwijk check --all-calamities` - that all of them are safe, and the worst of each kind
    """
    from uitwijk.commands import check as checking
    from uitwijk.running.workspace import Workspace

    if all_calamities:
        from uitwijk.commands import all_calamities as proving

        proven = proving.run(Workspace())
        if as_json:
            print_json(proven.to_dict())
        else:
            proven.show(output())
        raise typer.Exit(1 if proven.verdict == "fail" else 0)
    found = list(checking.lines(Workspace()))
    worst = checking.verdict(found)
    if as_json:
        print_json({"verdict": worst, "lines": [line.to_dict() for line in found]})
    else:
        checking.show(output(), found)
    raise typer.Exit(1 if worst == "fail" else 0)


@app.command()
def rehearse(
    calamities: Annotated[
        list[str] | None, typer.Argument(metavar="[CALAMITY] …", help="Which, such as `lost-bolsward`; none: all.")
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
    - `uitwijk rehearse lost-bolsward closed-harlingen-town-hall` - only these
    - `uitwijk rehearse --approve` - and keep what is shown as the approved plans
    - `uitwijk rehearse --live` - on the real sites, read-only
    """
    from uitwijk.commands.rehearse.command import run as rehearsing
    from uitwijk.running.workspace import Workspace

    raise typer.Exit(
        rehearsing(Workspace(), calamities or (), live=live, approve=approve, strict=strict, as_json=as_json)
    )


@app.command()
def env(as_json: AsJson = False) -> None:
    """
    Print the shell lines with which plain `pulumi` uses this tool chain.

    While `uitwijk sites` runs, they point `pulumi` at the simulated sites, too. With UITWIJK_TOOLCHAIN=ambient your own
    `pulumi` stays first.

    Example: `eval "$(uitwijk env)"`
    """
    from uitwijk.running.env import environment, shell_lines
    from uitwijk.running.workspace import Workspace

    variables = environment(Workspace(), os.environ)
    if as_json:
        print_json(variables)
    else:
        typer.echo("\n".join(shell_lines(variables)))


@app.command()
def drill(
    scenario: Annotated[str | None, typer.Option(metavar="S1|S2|S3", help="Only this scenario.")] = None,
    municipality: Annotated[
        str, typer.Option(metavar="NAME", help="Whose town hall S1 closes; or `all`.")
    ] = "harlingen",
    keep: Annotated[bool, typer.Option("--keep", help="Leave the sites up at the end, until Ctrl-C.")] = False,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Where the evidence goes.")] = None,
    guests: Annotated[
        Literal["required", "auto", "none"],
        typer.Option(help="Whether machines come alive: `auto` where this computer can, `required` or not at all."),
    ] = "auto",
) -> None:
    """
    Play the exercise: simulated vCenters, the real engine, living guests, independent checks, evidence.

    - **S1**: a town hall is unreachable
    - **S2**: the ISZF office in Bolsward is lost
    - **S3**: Leeuwarden is lost

    It works on copies: your situation, stacks and states stay as they are. Exits 0 when everything passed.

    Guests live where this computer can have them (root, Linux, Debian's archive): the machines' own configuration
    starts real name servers, telephone exchanges and services; telephones ring, clerks work. Else: machines only.

    Examples:

    - `uitwijk drill` - all three
    - `uitwijk drill --scenario S1 --municipality all` - every town hall in turn
    - `uitwijk drill --scenario S2 --keep --out evidence/s2` - and look around afterwards
    - `uitwijk drill --guests none` - machines only: shorter, and nothing rings
    """
    from uitwijk.drill.command import drill as play

    raise typer.Exit(play(scenario, municipality, keep, out, guests))


@app.command()
def rebuilt(
    site: Annotated[str, typer.Argument(metavar="SITE", help="Whose vCenter is new and empty.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask, even on a terminal.")] = False,
) -> None:
    """
    A lost site comes back with an empty new vCenter: let its stack forget what stood in the old one.

    Data disks and secrets stay in the state; they come back by replication. Refused while machines of the stack stand
    in the vCenter, and unless the site is declared drained. Changes the stack's state only, and keeps the old one.

    Example: `uitwijk rebuilt leeuwarden`
    """
    from uitwijk.commands.rebuilt import run as forget
    from uitwijk.running.workspace import Workspace

    forget(Workspace(), site, yes=yes)


@app.command()
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
    from uitwijk.drill.report.command import report_command, verify_command

    if verify:
        raise typer.Exit(verify_command(directory))
    typer.echo(report_command(directory))


app.add_typer(lessons, name="lesson")
app.add_typer(sites, name="sites")


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
