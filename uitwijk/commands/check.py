"""`uitwijk check`: could we fail over right now? What it looks at is in `readiness/`, imported when it is asked."""

from __future__ import annotations

from typing import Annotated

import typer

from uitwijk.console import AsJson, output, print_json
from uitwijk.running.workspace import Workspace


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
    from uitwijk.commands.readiness import answer

    if all_calamities:
        from uitwijk.commands.readiness import all_calamities as proving

        proven = proving.run(Workspace())
        if as_json:
            print_json(proven.to_dict())
        else:
            proven.show(output())
        raise typer.Exit(1 if proven.verdict == "fail" else 0)
    found = list(answer.lines(Workspace()))
    worst = answer.verdict(found)
    if as_json:
        print_json({"verdict": worst, "lines": [line.to_dict() for line in found]})
    else:
        answer.show(output(), found)
    raise typer.Exit(1 if worst == "fail" else 0)
