"""What people do and see around one calamity; with machines only, nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from uitwijk import utc
from uitwijk.drill import observations
from uitwijk.drill.acts import Acts
from uitwijk.drill.expectations import Expectations
from uitwijk.drill.life import Life, Standing
from uitwijk.drill.players.names import GapWatcher, StaleWatcher, urgent_front_ends
from uitwijk.drill.players.records import Records, Written
from uitwijk.drill.players.telephony.gap import Gap
from uitwijk.drill.players.telephony.held import Held
from uitwijk.drill.players.telephony.judged import Judge
from uitwijk.evidence.work_report import NAMES, TELEPHONE, MeasuredGap

_ANSWER_SECONDS = 60.0
"""How long a municipality may be out of reach by telephone before the drill says that it never came back."""


class HallObserver:
    """A town hall is closed, and opened again.

    Args:
        life: None: machines only.
        standing: what stands on a normal day, and goes on standing.
    """

    def __init__(self, life: Life | None, acts: Acts, standing: Standing) -> None:
        self._life = life
        self._acts = acts
        self._standing = standing
        self._held: Sequence[Held] = ()

    def before(self, status: Mapping[str, Any], normal: Expectations) -> None:
        """Everybody works and calls, and in every municipality somebody goes on talking."""
        if (life := self._life) is None:
            return
        life.observe(self._acts, "before", status, normal, self._standing)
        with self._acts.step("begin a call to every municipality, and talk on") as step:
            self._held = [life.telephony.hold(municipality) for municipality in life.region.municipalities]
            step.result = f"{sum(held.call.answered for held in self._held)} calls in progress"

    def closed(self, hall: str) -> None:
        """Nothing in the hall works any more."""
        if self._life is not None:
            self._life.close(hall)

    def during(self, hall: str, status: Mapping[str, Any], expected: Expectations | None) -> None:
        """Its people log in where they now sit, and everybody works and calls."""
        if (life := self._life) is None:
            return
        life.move(self._acts, status)
        life.observe(self._acts, "during", status, expected, self._standing)
        with self._acts.step("end the calls in progress") as step:
            talks = [(held.account.desk.building, life.telephony.talk("during", held)) for held in self._held]
            # A call to the closed hall's own telephone ended with it, and proves nothing.
            went_on = [talk for building, talk in talks if building != hall]
            self._acts.scenario.calls(went_on)
            observations.calls_went_on(self._acts.scenario, went_on)
            step.result = f"{len(went_on)} calls went on while {hall} was closed"

    def opened(self, hall: str) -> None:
        """The hall can be used again."""
        if self._life is not None:
            self._life.reopen(hall)

    def after(self, status: Mapping[str, Any], normal: Expectations) -> None:
        """Everybody is back where they were, works and calls."""
        if (life := self._life) is None:
            return
        life.move(self._acts, status)
        life.observe(self._acts, "after", status, normal, self._standing)


class LossObserver:
    """A site is lost, taken over, and comes back.

    Args:
        life: None: machines only.
        expected: what people wrote down for the calamity.
        normal: what they wrote down for a normal day.
    """

    def __init__(
        self, life: Life | None, acts: Acts, lost: str, survivor: str, expected: Expectations, normal: Expectations
    ) -> None:
        self._life = life
        self._acts = acts
        self._lost = lost
        self._survivor = survivor
        self._expected = expected
        self._normal = normal
        self._taken_over: Standing = {survivor: expected.machines[survivor]}
        self._watchers: tuple[Gap, GapWatcher] | None = None
        self._return: StaleWatcher | None = None
        if life is not None:
            homes = {slug: municipality.home for slug, municipality in life.region.municipalities.items()}
            self._moving = [municipality for municipality, home in homes.items() if home == lost]
            self._records = Records(life.region, life.loopback, life.accounts, self._moving)

    def before(self, status: Mapping[str, Any]) -> None:
        """Everybody works and calls."""
        if self._life is not None:
            self._life.observe(self._acts, "before", status, self._normal, self._normal.machines)

    def write(self, written: Written, status: Mapping[str, Any]) -> None:
        """Clerks write a record in every service of every municipality whose data is at stake."""
        if self._life is None:
            return
        failed = self._records.write(written, status)
        shown = "; ".join(failed[:3]) or "in every service"
        self._acts.scenario.check(f"records are written ({written})", "in every service", shown, not failed)

    def cut(self, at: float) -> None:
        """The site's guests are gone, with the buildings that the calamity closed; everybody notices at once.

        Args:
            at: the moment, by `time.monotonic`.
        """
        if (life := self._life) is None:
            return
        life.guests.cut(self._lost)
        for building in self._expected.closed:
            life.close(building)
        self._records.lost()
        self._cut_at = utc.now()
        names = GapWatcher(life.names(self._taken_over), [self._survivor], self._moving, at)
        names.start()
        self._watchers = life.telephony.gap(at), names

    def relocated(self, status: Mapping[str, Any]) -> None:
        """People whose building was closed sit where the declaration sends them, and log in there."""
        if self._life is not None:
            self._life.move(self._acts, status)

    def during(self, status: Mapping[str, Any], powered_on: Mapping[str, datetime]) -> None:
        """The survivor's guests live; people work with them, look for their records, and write new ones.

        Args:
            powered_on: when each machine was powered on there since the loss.
        """
        if (life := self._life) is None:
            return
        life.await_guests(self._acts, self._taken_over)
        self._judge_gaps(life, powered_on)
        life.observe(self._acts, "during", status, self._expected, self._taken_over)
        with self._acts.step("look for the records written before the loss, and write new ones"):
            self._judge_records(status, "after the failover", {"before"})
            self.write("survivor", status)

    def _judge_gaps(self, life: Life, powered_on: Mapping[str, datetime]) -> None:
        assert self._watchers is not None, "begun at the cut"
        calls, names = self._watchers
        with self._acts.step("measure how long telephone and names were gone") as step:
            answers = calls.answers(_ANSWER_SECONDS)
            judge = Judge(life.region, "during")
            self._acts.scenario.calls(
                judge.gap(account, answers[who][0] if who in answers else None)
                for who, account in life.telephony.telephones.first.items()
            )
            gaps = [
                MeasuredGap(
                    what=TELEPHONE,
                    municipality=municipality,
                    seconds=round(answers[municipality][1], 1) if municipality in answers else None,
                )
                for municipality in life.region.municipalities
            ]
            for gap in names.stop():
                machines = {name.split(".")[0] for name in urgent_front_ends(life.region, gap.municipality)}
                last = max(powered_on[machine] for machine in machines & powered_on.keys())
                after = gap.seconds and gap.seconds - (last - self._cut_at).total_seconds()
                gaps.append(gap.model_copy(update={"lag_seconds": after and round(max(after, 0.0), 1)}))
            self._acts.scenario.gaps(gaps)
            observations.gaps_measured(self._acts.scenario, gaps)
            step.result = "; ".join(_longest(gaps, what) for what in (TELEPHONE, NAMES))

    def comes_back(self) -> None:
        """The site's vCenter answers again; its guests' network is still cut."""
        if self._life is not None:
            self._life.follow(self._lost)

    def still_fenced(self) -> None:
        """No guest of the returning site lives, whatever its machines do; from now on its name servers are heard."""
        if (life := self._life) is None:
            return
        living = sorted(life.guests.living(self._lost))
        self._acts.scenario.check(
            f"{self._lost}: guests that live before the fencing is lifted", "none", living[:5] or "none", not living
        )
        self._return = StaleWatcher(life.names(self._taken_over), self._lost)
        self._return.start()

    def drained(self) -> None:
        """What serves at every site lives at the returned one, too, and its name servers tell nothing stale."""
        if (life := self._life) is None:
            return
        assert self._return is not None, "begun before the fencing was lifted"
        if self._expected.returns == "rebuilt":
            life.learn_secrets(self._lost)
        life.await_guests(self._acts, {self._lost: self._expected.drained[self._lost]})
        with self._acts.step(f"telephones log in at {self._lost} again; listen to its name servers"):
            life.telephony.telephones.register()
            lines = self._return.stop()
            self._acts.scenario.names(lines)
            observations.no_stale_name(self._acts.scenario, self._lost, lines)

    def after(self, status: Mapping[str, Any]) -> None:
        """Everything is where it was; people work, call, and look for what was written at the survivor."""
        if (life := self._life) is None:
            return
        life.await_guests(self._acts, self._normal.machines)
        for building in self._expected.closed:
            life.reopen(building)
        life.move(self._acts, status)
        life.observe(self._acts, "after", status, self._normal, self._normal.machines)
        with self._acts.step("look for the records written at the survivor"):
            self._judge_records(status, "after the failback", {"before", "survivor"})

    def _judge_records(self, status: Mapping[str, Any], when: str, found: set[Written]) -> None:
        lines = self._records.ask(status, found)
        self._acts.scenario.records(lines)
        observations.records_kept(self._acts.scenario, self._lost, when, lines)


def _longest(gaps: Sequence[MeasuredGap], what: str) -> str:
    seconds = [gap.seconds for gap in gaps if gap.what == what and gap.seconds is not None]
    return f"{what} back after at most {max(seconds):.1f} s" if seconds else f"{what} never came back"
