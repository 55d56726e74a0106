"""Whether another site holds a copy of a stack's state, where that is in a database, and how old the copy is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from uitwijk.commands.readiness.line import Line, attention, fail, ok
from uitwijk.continuity.situation import SiteState, Situation
from uitwijk.observe.readings import StackReading

OLD_SECONDS = 60
"""From here on a copy is not what another site should have to go on with."""
_PAGE = "docs/production/state-and-secrets.md"


def copy_lines(situation: Situation, reading: StackReading) -> Iterator[Line]:
    """Nothing, if the state is not in a database that could be asked."""
    copy = reading.copy
    if copy is None:
        return
    site = reading.site
    subject, start = f"state copy {site}", f"start `pg_receivewal` at the other site again ({_PAGE})"
    last = _written(copy.changed)
    if not copy.arranged:
        yield fail(subject, f"no other site fetches a copy of it; {last}", f"arrange one ({_PAGE})")
    elif not copy.fetched:
        why = f"nobody fetches it, and {_kibibytes(copy.missing)} are not in the copy; {last}"
        if SiteState.LOST in situation.sites.values():
            yield attention(subject, why, f"once the lost site is back: {start}")
        else:
            yield fail(subject, why, start)
    elif copy.age_seconds is None:
        yield attention(
            subject, "its age cannot be seen", f"`GRANT pg_read_all_stats` to the account that reads ({_PAGE})"
        )
    elif copy.missing and copy.age_seconds > OLD_SECONDS:
        why = f"{copy.age_seconds:.0f} s old, and {_kibibytes(copy.missing)} are not in it; {last}"
        yield fail(subject, why, f"see the line between the sites; {start}")
    elif copy.missing:
        yield ok(subject, f"{copy.age_seconds:.0f} s old; {last}")
    else:
        yield ok(subject, f"holds everything, as of {copy.age_seconds:.0f} s ago; {last}")


def _written(changed: datetime | None) -> str:
    if changed is None:
        return "no state was ever written"
    return f"the state was last written at {changed.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _kibibytes(size: int) -> str:
    return f"{-(-size // 1024):,} KiB"
