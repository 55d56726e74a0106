"""Declarations: which are legal, what each makes of the situation, and what to run next."""

from __future__ import annotations

import datetime

import pytest

from tests.continuity.regions import build
from tests.continuity.situations import situation
from uitwijk.continuity.declaration import Change, declare, next_commands
from uitwijk.continuity.errors import SituationError
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import SiteState, Situation

NOW = datetime.datetime(2026, 11, 28, 8, 12, tzinfo=datetime.UTC)


def after(region: Region, start: Situation, *changes: Change) -> Situation:
    return declare(region, start, changes, by="duty officer", reason="fire", at=NOW)


def problems(region: Region, start: Situation, *changes: Change, by: str = "me", reason: str = "fire") -> list[str]:
    with pytest.raises(SituationError) as caught:
        declare(region, start, changes, by=by, reason=reason, at=NOW)
    return list(caught.value.problems)


@pytest.fixture
def normal(region: Region) -> Situation:
    return situation(region, epoch=4)


@pytest.fixture
def taken_over(region: Region) -> Situation:
    return situation(region, lost=["bolsward"], promoted={"bolsward": "leeuwarden"}, epoch=6)


def test_several_changes_are_one_epoch_and_one_entry_in_the_log(region: Region, normal: Situation) -> None:
    declared = after(region, normal, Change("lost", "bolsward"), Change("closed", "iszf-office"))
    assert declared.epoch == 5
    assert declared.sites["bolsward"] is SiteState.LOST
    assert list(declared.closed_buildings) == ["iszf-office"]
    entry = declared.log[-1]
    assert (entry.epoch, entry.by, entry.change, entry.reason) == (
        5, "duty officer", "lost bolsward, closed iszf-office", "fire",
    )  # fmt: skip
    assert entry.at == NOW


def test_the_situation_before_is_not_changed(region: Region, normal: Situation) -> None:
    after(region, normal, Change("lost", "bolsward"))
    assert normal.sites["bolsward"] is SiteState.NORMAL


def test_an_override_ends_with_its_epoch(region: Region, normal: Situation) -> None:
    overridden = after(region, normal, Change("override", "peer-holds"), Change("override", "peer-unreadable"))
    assert overridden.override == ("peer-holds", "peer-unreadable")
    assert after(region, overridden, Change("closed", "iszf-office")).override == ()


def test_staff_can_be_sent_to_buildings(region: Region, normal: Situation) -> None:
    closed = Change("closed", "harlingen-town-hall", staff_to={"wommels-town-hall": 8})
    declared = after(region, normal, closed)
    assert declared.closed_buildings["harlingen-town-hall"].staff_to == {"wommels-town-hall": 8}


@pytest.mark.parametrize("state", ["lost", "drained"])
def test_a_normal_site_may_be_lost_or_drained(region: Region, normal: Situation, state: str) -> None:
    assert after(region, normal, Change(state, "bolsward")).sites["bolsward"] == state


def test_a_false_alarm_may_be_called_off_while_the_data_was_never_promoted_away(
    region: Region, normal: Situation
) -> None:
    lost = after(region, normal, Change("lost", "bolsward"))
    assert after(region, lost, Change("normal", "bolsward")).sites["bolsward"] is SiteState.NORMAL


def test_a_lost_site_whose_data_was_promoted_away_comes_back_as_drained_first(
    region: Region, taken_over: Situation
) -> None:
    (problem,) = problems(region, taken_over, Change("normal", "bolsward"))
    assert problem.startswith(
        "declare normal bolsward: bolsward was lost and its dataset is writable at leeuwarden: it comes back as drained"
    )
    assert "uitwijk declare drained bolsward" in problem
    drained = after(region, taken_over, Change("drained", "bolsward"))
    assert after(region, drained, Change("normal", "bolsward")).sites["bolsward"] is SiteState.NORMAL


def test_losing_it_again_is_no_way_around_that(region: Region, taken_over: Situation) -> None:
    drained = after(region, taken_over, Change("drained", "bolsward"))
    lost_again = after(region, drained, Change("lost", "bolsward"))
    assert len(problems(region, lost_again, Change("normal", "bolsward"))) == 1


def test_data_is_promoted_where_a_site_lives(region: Region, normal: Situation) -> None:
    lost = after(region, normal, Change("lost", "bolsward"))
    promoted = after(region, lost, Change("promoted", "bolsward", at="leeuwarden"))
    assert promoted.data == {"bolsward": "leeuwarden", "leeuwarden": "leeuwarden"}
    assert promoted.log[-1].change == "promoted bolsward at leeuwarden"


@pytest.mark.parametrize("lost_first", [True, False])
def test_data_cannot_be_promoted_at_a_lost_site(region: Region, normal: Situation, lost_first: bool) -> None:
    lost, promoted = Change("lost", "bolsward"), Change("promoted", "leeuwarden", at="bolsward")
    told = problems(region, normal, *((lost, promoted) if lost_first else (promoted, lost)))
    assert told == ["declare promoted leeuwarden: bolsward is declared lost; nothing can be writable there"]


def test_data_is_not_promoted_away_from_a_site_that_works_on_it(region: Region, normal: Situation) -> None:
    working = sum(not w.hot and w.home == "bolsward" for w in region.workloads.values())
    assert problems(region, normal, Change("promoted", "bolsward", at="leeuwarden")) == [
        f"declare promoted bolsward at leeuwarden: {working} workloads work on it at bolsward, which is normal. Have "
        "them given away first: `uitwijk declare drained bolsward --by … --reason …`, `pulumi up --stack bolsward`"
    ]
    drained = after(region, normal, Change("drained", "bolsward"))
    moved = after(region, drained, Change("promoted", "bolsward", at="leeuwarden"))
    assert moved.data["bolsward"] == "leeuwarden"


def test_data_does_not_come_home_before_the_other_site_is_to_give_the_workloads_back(
    region: Region, taken_over: Situation
) -> None:
    drained = after(region, taken_over, Change("drained", "bolsward"))
    (problem,) = problems(region, drained, Change("promoted", "bolsward", at="bolsward"))
    assert "workloads work on it at leeuwarden, which is normal." in problem
    assert "`uitwijk declare normal bolsward --by … --reason …`, `pulumi up --stack leeuwarden`" in problem
    back = after(region, drained, Change("normal", "bolsward"))
    assert after(region, back, Change("promoted", "bolsward", at="bolsward")).data["bolsward"] == "bolsward"


def test_data_of_a_lost_site_may_be_promoted_at_once(region: Region, normal: Situation) -> None:
    lost = after(region, normal, Change("lost", "bolsward"), Change("promoted", "bolsward", at="leeuwarden"))
    assert lost.data["bolsward"] == "leeuwarden"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (Change("lost", "sneek"), "declare lost sneek: sneek is no site; there are: bolsward, leeuwarden"),
        (Change("normal", "bolsward"), "declare normal bolsward: bolsward is normal already"),
        (Change("burnt", "bolsward"),
         "declare burnt bolsward: burnt cannot be declared; say one of lost, drained, normal, closed, opened, "
         "promoted, override"),
        (Change("opened", "iszf-office"), "declare opened iszf-office: iszf-office is not closed"),
        (Change("promoted", "bolsward"),
         "declare promoted bolsward: at which site is the dataset writable now? Say --at SITE"),
        (Change("promoted", "bolsward", at="sneek"),
         "declare promoted bolsward at sneek: sneek is no site; there are: bolsward, leeuwarden"),
        (Change("promoted", "bolsward", at="bolsward"),
         "declare promoted bolsward at bolsward: dataset bolsward is writable at bolsward already"),
        (Change("promoted", "sneek", at="bolsward"),
         "declare promoted sneek at bolsward: sneek is no dataset; there are: bolsward, leeuwarden"),
        (Change("override", "epoch"),
         "declare override epoch: epoch is no row of the guard that can be overridden; there are: peer-holds, "
         "peer-unreadable"),
        (Change("closed", "iszf-office", staff_to={"balk-town-hall": 0}),
         "declare closed iszf-office: --staff-to balk-town-hall=0: seats are whole numbers, 1 or more"),
        (Change("closed", "iszf-office", staff_to={"iszf-office": 8}),
         "declare: closed_buildings.iszf-office.staff_to.iszf-office: is closed itself"),
    ],
)  # fmt: skip
def test_an_illegal_declaration(region: Region, normal: Situation, change: Change, problem: str) -> None:
    assert problems(region, normal, change) == [problem]


def test_an_unknown_building_is_told_with_those_there_are(region: Region, normal: Situation) -> None:
    (problem,) = problems(region, normal, Change("closed", "sneek-town-hall"))
    assert problem.startswith(
        "declare closed sneek-town-hall: sneek-town-hall is no building; there are: balk-town-hall, "
    )


def test_one_thing_cannot_be_declared_two_ways_at_once(region: Region, normal: Situation) -> None:
    told = problems(region, normal, Change("lost", "bolsward"), Change("drained", "bolsward"))
    assert told == ["declare: bolsward is declared 2 times in one call; say once what holds now"]


def test_declaring_nothing_is_an_error(region: Region, normal: Situation) -> None:
    assert problems(region, normal)[0].startswith("declare: nothing to declare; say one of lost, drained, normal")


def test_who_and_why_must_be_said(region: Region, normal: Situation) -> None:
    told = problems(region, normal, Change("lost", "bolsward"), by=" ", reason="")
    assert told == ["declare: --by is empty; the log needs it", "declare: --reason is empty; the log needs it"]


def test_everything_that_is_not_legal_is_told_at_once(region: Region, normal: Situation) -> None:
    told = problems(region, normal, Change("normal", "bolsward"), Change("opened", "iszf-office"), by="")
    assert len(told) == 3


def lines(region: Region, before: Situation, *changes: Change) -> list[str]:
    return [command.line for command in next_commands(region, before, after(region, before, *changes))]


def test_after_a_closed_building_both_stacks_are_brought_up(region: Region, normal: Situation) -> None:
    closed = lines(region, normal, Change("closed", "harlingen-town-hall"))
    assert closed == ["pulumi up --stack bolsward", "pulumi up --stack leeuwarden"]


def test_after_a_lost_site_the_data_is_promoted_and_the_survivor_brought_up(region: Region, normal: Situation) -> None:
    assert lines(region, normal, Change("lost", "bolsward")) == [
        "uitwijk declare promoted bolsward --at leeuwarden --by 'duty officer' --reason fire",
        "pulumi preview --stack leeuwarden",
        "pulumi up --stack leeuwarden --continue-on-error",
    ]


def test_after_the_return_the_site_that_came_back_is_brought_up_first(region: Region, taken_over: Situation) -> None:
    commands = lines(region, taken_over, Change("drained", "bolsward"))
    assert commands[0] == "pulumi up --stack bolsward"
    assert not any("lost" in command for command in commands)


def test_at_failback_the_other_site_releases_before_the_data_comes_home(region: Region) -> None:
    drained = situation(region, drained=["bolsward"], promoted={"bolsward": "leeuwarden"}, epoch=7)
    commands = lines(region, drained, Change("normal", "bolsward"))
    release = commands.index("pulumi up --stack leeuwarden")
    promote = next(i for i, line in enumerate(commands) if "promoted bolsward --at bolsward" in line)
    take = commands.index("pulumi up --stack bolsward --continue-on-error")
    assert release < promote < take


def test_a_promotion_waits_for_the_storage_administrator(region: Region, normal: Situation) -> None:
    commands = next_commands(region, normal, after(region, normal, Change("lost", "bolsward")))
    assert [command.once for command in commands] == ["the storage administrator promoted the replica", "", ""]


def test_at_failback_each_site_is_brought_up_with_what_it_does(region: Region) -> None:
    drained = situation(region, drained=["bolsward"], promoted={"bolsward": "leeuwarden"}, epoch=7)
    assert lines(region, drained, Change("normal", "bolsward")) == [
        "pulumi up --stack leeuwarden",
        "uitwijk declare promoted bolsward --at bolsward --by 'duty officer' --reason fire",
        "pulumi preview --stack bolsward",
        "pulumi up --stack bolsward --continue-on-error",
        "pulumi up --stack leeuwarden",
    ]


def test_after_a_drain_called_off_before_its_data_moved_the_other_site_releases_first(region: Region) -> None:
    drained = situation(region, drained=["bolsward"], epoch=7)
    assert lines(region, drained, Change("normal", "bolsward")) == [
        "pulumi up --stack leeuwarden",
        "pulumi preview --stack bolsward",
        "pulumi up --stack bolsward --continue-on-error",
    ]


def test_a_site_that_works_for_another_is_previewed_first_whatever_is_declared(
    region: Region, taken_over: Situation
) -> None:
    assert lines(region, taken_over, Change("closed", "harlingen-town-hall")) == [
        "pulumi preview --stack leeuwarden",
        "pulumi up --stack leeuwarden --continue-on-error",
    ]


def test_of_two_sites_that_release_the_drained_one_is_first() -> None:
    three = build(
        hosts={site: [(40, 250)] * 3 for site in ("east", "north", "west")},
        municipalities={f"m-{site}": {"home": site, "seats": 3} for site in ("east", "west")},
    )
    away = situation(three, drained=["east"], promoted={"east": "north"}, epoch=7)
    swapped = lines(three, away, Change("normal", "east"), Change("drained", "west"))
    assert swapped[:2] == ["pulumi up --stack west", "pulumi up --stack north"]


def test_a_site_that_gives_one_sites_work_back_and_takes_anothers_is_brought_up_twice() -> None:
    three = build(
        hosts={site: [(40, 250)] * 3 for site in ("north", "east", "west")},
        municipalities={f"m-{site}": {"home": site, "seats": 3} for site in ("east", "west")},
    )
    away = situation(three, drained=["east"], promoted={"east": "north"}, epoch=7)
    ups = lines(three, away, Change("normal", "east"), Change("drained", "west"))
    assert ups.count("pulumi up --stack north") == 1
    assert ups.index("pulumi up --stack north") < ups.index("pulumi up --stack north --continue-on-error")


def test_a_situation_without_a_log_leaves_open_who_promotes_and_why(region: Region, normal: Situation) -> None:
    (promote, *_) = next_commands(region, normal, situation(region, lost=["bolsward"], epoch=5))
    assert promote.line == "uitwijk declare promoted bolsward --at leeuwarden --by '…' --reason '…'"


def test_closed_buildings_stand_in_the_order_of_the_catalogue(region: Region, normal: Situation) -> None:
    backwards = list(reversed(region.buildings))
    declared = after(region, normal, *(Change("closed", building) for building in backwards))
    assert list(declared.closed_buildings) == list(region.buildings)


def test_a_closed_building_is_closed_again_only_to_send_its_staff_elsewhere(region: Region, normal: Situation) -> None:
    closed = after(region, normal, Change("closed", "iszf-office"))
    assert problems(region, closed, Change("closed", "iszf-office")) == [
        "declare closed iszf-office: iszf-office is closed already"
    ]
    sent = after(region, closed, Change("closed", "iszf-office", staff_to={"balk-town-hall": 2}))
    assert sent.closed_buildings["iszf-office"].staff_to == {"balk-town-hall": 2}


def test_every_wrong_number_of_seats_is_told(region: Region, normal: Situation) -> None:
    wrong = {"balk-town-hall": 0, "lemmer-town-hall": -1}
    (problem,) = problems(region, normal, Change("closed", "iszf-office", staff_to=wrong))
    assert "--staff-to balk-town-hall=0, lemmer-town-hall=-1: seats are whole numbers" in problem


def test_two_verbs_that_do_not_exist_are_two_mistakes(region: Region, normal: Situation) -> None:
    told = problems(region, normal, Change("burnt", "bolsward"), Change("flooded", "bolsward"))
    assert [problem.split(":")[0] for problem in told] == ["declare burnt bolsward", "declare flooded bolsward"]
