"""`python -m uitwijk.drill.guests required|auto`: makes the Debian root on which guests live, unless it is there."""

from __future__ import annotations

import sys

from uitwijk.console import print_error
from uitwijk.continuity.errors import UitwijkError
from uitwijk.drill.guests.template import find_template


def main() -> int:
    """Returns the exit code: 0 unless the root is required and cannot be had."""
    try:
        find_template("required" if "required" in sys.argv[1:] else "auto", lambda line: print(line, flush=True))
    except UitwijkError as error:
        for problem in error.problems:
            print_error(problem)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
