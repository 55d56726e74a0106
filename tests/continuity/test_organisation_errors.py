"""Wrong municipalities and partnerships: each gets one clear line with file, path, value and remedy."""

from __future__ import annotations

import pytest

from tests.conftest import Catalogue
from tests.continuity.complaints import BUILDINGS, problems
from uitwijk.continuity import load_region

KOLKWIJDE = "municipalities/kolkwijde.yaml"
MUNICIPALITIES = "kolkwijde, reeenmeer, zandermeer"
NO_MEMBER = (
    "is a member of no partnership. Add it to a partnership's members, or say which buildings take its staff "
    "(an empty list: none)"
)


def test_a_municipality_listed_twice(catalogue: Catalogue) -> None:
    catalogue.change("partnerships/kust.yaml", "[kolkwijde, reeenmeer]", "[kolkwijde, kolkwijde, reeenmeer]")
    assert problems(catalogue) == ["partnerships/kust.yaml: members: kolkwijde stands 2 times; once is allowed"]


def test_a_member_left_out_and_another_named_twice(catalogue: Catalogue) -> None:
    catalogue.change("partnerships/kust.yaml", "[kolkwijde, reeenmeer]", "[kolkwijde, kolkwijde]")
    assert problems(catalogue) == [
        "partnerships/kust.yaml: members: kolkwijde stands 2 times; once is allowed",
        f"municipalities/reeenmeer.yaml: relocation: is missing: reeenmeer {NO_MEMBER}",
    ]


def test_a_member_that_does_not_exist(catalogue: Catalogue) -> None:
    catalogue.change("partnerships/kust.yaml", "reeenmeer]", "reeenmeer, elders]")
    assert problems(catalogue) == [
        f"partnerships/kust.yaml: members: elders is no municipality; there are: {MUNICIPALITIES}"
    ]


def test_a_member_of_two_partnerships(catalogue: Catalogue) -> None:
    other = catalogue.read("partnerships/kust.yaml").replace("network_number: 0", "network_number: 20")
    members = other[other.index("members:") : other.index("runs:")]
    catalogue.write("partnerships/second.yaml", other.replace(members, "members: [kolkwijde]\n"))
    assert problems(catalogue) == [
        "partnerships/second.yaml: members: kolkwijde is already a member of kust; a municipality is a member of one"
    ]


def test_the_same_municipality_in_two_files(catalogue: Catalogue) -> None:
    catalogue.write("municipalities/kolkzijde.yaml", catalogue.read(KOLKWIJDE))
    assert problems(catalogue) == [
        "buildings.yaml: kolkwijde-town-hall.seats: 34 are too few for its own staff (kolkwijde 28, kolkzijde 28)",
        "municipalities/kolkzijde.yaml: cbs_code: 9903 is already that of kolkwijde",
        "municipalities/kolkzijde.yaml: town_hall: kolkwijde-town-hall is already that of kolkwijde",
        f"municipalities/kolkzijde.yaml: relocation: is missing: kolkzijde {NO_MEMBER}",
        "municipalities/kolkzijde.yaml: network_number: 3 is already that of kolkwijde",
        "municipalities/kolkzijde.yaml: number_blocks[0]: 0527-991200 to 0527-991299 overlaps the block 0527-991200 "
        "of kolkwijde",
    ]


def test_a_municipality_without_its_town_hall(catalogue: Catalogue) -> None:
    catalogue.change(KOLKWIJDE, "town_hall: kolkwijde-town-hall\n", "")
    assert problems(catalogue) == [f"{KOLKWIJDE}: town_hall: is missing"]


def test_a_town_hall_that_does_not_exist(catalogue: Catalogue) -> None:
    catalogue.change(KOLKWIJDE, "kolkwijde-town-hall", "kolkzijde-town-hall")
    assert problems(catalogue) == [
        f"{KOLKWIJDE}: town_hall: kolkzijde-town-hall is no building; there are: {BUILDINGS}"
    ]


def test_a_home_that_does_not_exist(catalogue: Catalogue) -> None:
    catalogue.change(KOLKWIJDE, "home: veldoord", "home: elders")
    assert problems(catalogue) == [f"{KOLKWIJDE}: home: elders is no site; there are: veldoord, zandermeer"]


def test_an_unknown_key(catalogue: Catalogue) -> None:
    catalogue.change(KOLKWIJDE, "seats: 28", "seats: 28\nchairs: 28")
    assert problems(catalogue) == [
        f"{KOLKWIJDE}: chairs: unknown key; allowed are: area_codes, cbs_code, frisian_name, home, inhabitants, name, "
        "network_number, number_blocks, relocation, seats, sizes, town_hall, uses, without"
    ]


def test_an_unknown_key_deep_in_a_file(catalogue: Catalogue) -> None:
    catalogue.change("services.yaml", "{users_per_vcpu: 4, spare: 0}", "{users_per_vcpu: 4, spare: 0, reserve: 1}")
    assert problems(catalogue) == [
        "services.yaml: workplaces.roles.session-host.count.reserve: unknown key; allowed are: spare, users_per_vcpu"
    ]


def test_a_key_that_stands_twice(catalogue: Catalogue) -> None:
    catalogue.change(KOLKWIJDE, "home: veldoord", "home: veldoord\nhome: zandermeer")
    assert problems(catalogue) == [f"{KOLKWIJDE}: line 8: home stands twice"]


def test_a_network_number_that_is_taken(catalogue: Catalogue) -> None:
    catalogue.change(KOLKWIJDE, "network_number: 3", "network_number: 6")
    assert problems(catalogue) == ["municipalities/reeenmeer.yaml: network_number: 6 is already that of kolkwijde"]


def test_a_code_that_yaml_reads_as_a_number(catalogue: Catalogue) -> None:
    catalogue.change(KOLKWIJDE, 'cbs_code: "9903"', "cbs_code: 0072")
    assert problems(catalogue) == [f'{KOLKWIJDE}: cbs_code: `0072` is read as 58 by YAML; write 72 or "0072"']


def test_a_code_of_the_wrong_form(catalogue: Catalogue) -> None:
    catalogue.change(KOLKWIJDE, 'cbs_code: "9903"', 'cbs_code: "72"')
    assert problems(catalogue) == [
        f'{KOLKWIJDE}: cbs_code: 72 is not a code of Statistics Netherlands: four digits, in quotes (e.g. "0072")'
    ]


@pytest.mark.parametrize("value", ["many", "true", "12.5", "-1", "1e5"])
def test_seats_that_are_no_number_of_seats(catalogue: Catalogue, value: str) -> None:
    catalogue.change(KOLKWIJDE, "seats: 28", f"seats: {value}")
    what = "is too small; 0 is the least" if value == "-1" else "is no whole number"
    assert problems(catalogue) == [f"{KOLKWIJDE}: seats: {value} {what}"]


def test_a_file_whose_name_is_no_slug(catalogue: Catalogue) -> None:
    (catalogue.folder / KOLKWIJDE).rename(catalogue.folder / "municipalities/Kolkwijde.yaml")
    assert problems(catalogue)[0] == (
        "municipalities/Kolkwijde.yaml: Kolkwijde is not a slug: lower-case ASCII letters, digits and single hyphens, "
        "a letter first"
    )


def test_a_partnership_and_a_municipality_of_one_name(catalogue: Catalogue) -> None:
    (catalogue.folder / "partnerships/kust.yaml").rename(catalogue.folder / "partnerships/kolkwijde.yaml")
    catalogue.change("municipalities/zandermeer.yaml", "session-border: kust", "session-border: kolkwijde")
    assert problems(catalogue) == [
        "partnerships/kolkwijde.yaml: name: kolkwijde is the name of a municipality and of a partnership; rename a file"
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("partnerships/kust.yaml", "office: kust-office", "office: ouwe-office",
         f"office: ouwe-office is no building; there are: {BUILDINGS}"),
        ("partnerships/kust.yaml", "runs: [workplaces]", "runs: [work]", "runs: work is no service; there are: "),
        ("municipalities/zandermeer.yaml", "relocation: [kust-office,", "relocation: [ouwe-office,",
         f"relocation: ouwe-office is no building; there are: {BUILDINGS}"),
        ("municipalities/zandermeer.yaml", "relocation: [kust-office,", "relocation: [wilgendam-town-hall,",
         "relocation: wilgendam-town-hall stands 2 times; once is allowed"),
        (KOLKWIJDE, "seats: 28", "seats: 28\nwithout: [fax]", "without: fax is no service; there are: "),
        (KOLKWIJDE, "seats: 28", "seats: 28\nsizes: {taxes/aplication: XL}",
         "sizes: taxes/aplication is no service/role; there are: "),
        (KOLKWIJDE, "seats: 28", "seats: 28\nsizes: {taxes/application: XXL}",
         "sizes.taxes/application: XXL is no size class; there are: 2XL, L, M, S, XL, XS"),
    ],
)  # fmt: skip
def test_an_organisation_that_names_what_does_not_exist(
    catalogue: Catalogue, file: str, old: str, new: str, problem: str
) -> None:
    catalogue.change(file, old, new)
    (told,) = problems(catalogue)
    assert told.startswith(f"{file}: {problem}")


def test_an_office_without_ict(catalogue: Catalogue) -> None:
    catalogue.change("partnerships/kust.yaml", "office: kust-office", "office: wilgendam-town-hall")
    assert problems(catalogue)[-1] == (
        "partnerships/kust.yaml: office: wilgendam-town-hall houses no site, and a partnership's home is its office's "
        "site; these do: kust-office, zandermeer-town-hall"
    )


def test_a_partnership_that_cannot_be_read_does_not_make_its_members_wrong(catalogue: Catalogue) -> None:
    catalogue.change("partnerships/kust.yaml", "seats: 12", "seats: some")
    assert problems(catalogue) == ["partnerships/kust.yaml: seats: some is no whole number"]


@pytest.mark.parametrize(
    ("uses", "problem"),
    [
        ("{session-border: izf}", "izf is no partnership; there are: kust"),
        ("{telephony: kust}",
         "telephony is no shared service; there are: base-registries, case-management, databases, directory, "
         "e-services, finance, remote-access, service-bus, session-border, youth-care"),
    ],
)  # fmt: skip
def test_a_service_of_a_partnership_that_cannot_be_used(catalogue: Catalogue, uses: str, problem: str) -> None:
    catalogue.change("municipalities/zandermeer.yaml", "uses: {session-border: kust}", f"uses: {uses}")
    assert problems(catalogue)[0] == f"municipalities/zandermeer.yaml: uses: {problem}"


def test_a_service_that_nobody_runs_for_a_municipality(catalogue: Catalogue) -> None:
    catalogue.change("municipalities/zandermeer.yaml", "uses: {session-border: kust}", "")
    catalogue.change("municipalities/zandermeer.yaml", "without: [", "without: [session-border, ")
    assert problems(catalogue) == [
        "municipalities/zandermeer.yaml: without: zandermeer runs telephony, which depends on session-border, and "
        "nobody runs session-border for it"
    ]


def test_no_municipality_at_all(catalogue: Catalogue) -> None:
    for file in (catalogue.folder / "municipalities").iterdir():
        file.unlink()
    assert problems(catalogue) == ["municipalities: holds no file; at least one is needed"]


# Numbers


@pytest.mark.parametrize(
    ("first", "last", "problem"),
    [
        ("0527-991200", "0527-9912",
         "number_blocks[0].last: 0527-9912 has 4 subscriber digits; area code 0527 has 6 (e.g. 0527-991299)"),
        ("0527-9912000", "0527-991299",
         "number_blocks[0].first: 0527-9912000 has 7 subscriber digits; area code 0527 has 6 (e.g. 0527-991200)"),
        ("0525-991200", "0525-991299",
         "number_blocks[0].first: 0525-991200 lies in area 0525; Kolkwijde has 0527"),
        ("0527-991299", "0527-991200",
         "number_blocks[0]: its last number 0527-991200 comes before its first, 0527-991299"),
        ("0527-991200", "0525-991299",
         "number_blocks[0]: its last number 0525-991299 lies in another area than its first, 0527-991200"),
        ('"+31527991200"', "0527-991299",
         "number_blocks[0].first: +31527991200 is not written as area code, hyphen, subscriber digits "
         "(e.g. 0517-491299)"),
        ("0900-123456", "0527-991299",
         "number_blocks[0].first: 0900-123456 is not a Dutch geographic number (e.g. 0517-491299)"),
    ],
)  # fmt: skip
def test_a_wrong_number(catalogue: Catalogue, first: str, last: str, problem: str) -> None:
    catalogue.change(KOLKWIJDE, "{first: 0527-991200, last: 0527-991299}", f"{{first: {first}, last: {last}}}")
    assert problems(catalogue) == [f"{KOLKWIJDE}: {problem}"]


def test_a_number_of_an_area_that_is_none_of_several(catalogue: Catalogue) -> None:
    catalogue.change(KOLKWIJDE, 'area_codes: ["0527"]', 'area_codes: ["0527", "0518"]')
    catalogue.change(KOLKWIJDE, "{first: 0527-991200, last: 0527-991299}", "{first: 0525-991200, last: 0525-991299}")
    assert problems(catalogue) == [
        f"{KOLKWIJDE}: number_blocks[0].first: 0525-991200 lies in area 0525; Kolkwijde has 0527, 0518"
    ]


@pytest.mark.parametrize(
    "other", ["{first: 0527-991300, last: 0527-991399}", "{first: 0527-991100, last: 0527-991199}"]
)
def test_blocks_that_follow_each_other_do_not_overlap(catalogue: Catalogue, other: str) -> None:
    block = "  - {first: 0527-991200, last: 0527-991299}\n"
    catalogue.change(KOLKWIJDE, block, f"{block}  - {other}\n")
    load_region(catalogue.folder)


def test_blocks_that_overlap(catalogue: Catalogue) -> None:
    catalogue.change(KOLKWIJDE, "0527-991200, last: 0527-991299", "0527-992210, last: 0527-992230")
    assert problems(catalogue) == [
        "municipalities/reeenmeer.yaml: number_blocks[1]: 0527-992200 to 0527-992219 overlaps the block "
        "0527-992210 of kolkwijde"
    ]
