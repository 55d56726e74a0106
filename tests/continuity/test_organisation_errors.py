"""Wrong municipalities and partnerships: each gets one clear line with file, path, value and remedy."""

from __future__ import annotations

import pytest

from tests.conftest import Catalogue
from tests.continuity.complaints import BUILDINGS, problems
from uitwijk.continuity import load_region

HARLINGEN = "municipalities/harlingen.yaml"
MUNICIPALITIES = "bolsward, gaasterlan-sleat, harlingen, leeuwarden, lemsterland, littenseradiel, nijefurd, wunseradiel"
NO_MEMBER = (
    "is a member of no partnership. Add it to a partnership's members, or say which buildings take its staff "
    "(an empty list: none)"
)


def test_a_municipality_listed_twice(catalogue: Catalogue) -> None:
    catalogue.change("partnerships/iszf.yaml", "[bolsward, gaasterlan-sleat,", "[bolsward, bolsward, gaasterlan-sleat,")
    assert problems(catalogue) == ["partnerships/iszf.yaml: members: bolsward stands 2 times; once is allowed"]


def test_a_member_left_out_and_another_named_twice_as_in_the_papers_of_2010(catalogue: Catalogue) -> None:
    catalogue.change("partnerships/iszf.yaml", "littenseradiel, nijefurd,", "littenseradiel, bolsward,")
    assert problems(catalogue) == [
        "partnerships/iszf.yaml: members: bolsward stands 2 times; once is allowed",
        f"municipalities/nijefurd.yaml: relocation: is missing: nijefurd {NO_MEMBER}",
    ]


def test_a_member_that_does_not_exist(catalogue: Catalogue) -> None:
    catalogue.change("partnerships/iszf.yaml", "nijefurd,", "nijefurd, sneek,")
    assert problems(catalogue) == [
        f"partnerships/iszf.yaml: members: sneek is no municipality; there are: {MUNICIPALITIES}"
    ]


def test_a_member_of_two_partnerships(catalogue: Catalogue) -> None:
    other = catalogue.read("partnerships/iszf.yaml").replace("network_number: 0", "network_number: 20")
    members = other[other.index("members:") : other.index("runs:")]
    catalogue.write("partnerships/second.yaml", other.replace(members, "members: [harlingen]\n"))
    assert problems(catalogue) == [
        "partnerships/second.yaml: members: harlingen is already a member of iszf; a municipality is a member of one"
    ]


def test_the_same_municipality_in_two_files(catalogue: Catalogue) -> None:
    catalogue.write("municipalities/harns.yaml", catalogue.read(HARLINGEN))
    assert problems(catalogue) == [
        "buildings.yaml: harlingen-town-hall.seats: 142 are too few for its own staff (harlingen 128, harns 128)",
        "municipalities/harns.yaml: cbs_code: 0072 is already that of harlingen",
        "municipalities/harns.yaml: town_hall: harlingen-town-hall is already that of harlingen",
        f"municipalities/harns.yaml: relocation: is missing: harns {NO_MEMBER}",
        "municipalities/harns.yaml: network_number: 3 is already that of harlingen",
        "municipalities/harns.yaml: number_blocks[0]: 0517-491200 to 0517-491299 overlaps the block 0517-491200 "
        "of harlingen",
    ]


def test_a_municipality_without_its_town_hall(catalogue: Catalogue) -> None:
    catalogue.change(HARLINGEN, "town_hall: harlingen-town-hall\n", "")
    assert problems(catalogue) == [f"{HARLINGEN}: town_hall: is missing"]


def test_a_town_hall_that_does_not_exist(catalogue: Catalogue) -> None:
    catalogue.change(HARLINGEN, "harlingen-town-hall", "harns-town-hall")
    assert problems(catalogue) == [f"{HARLINGEN}: town_hall: harns-town-hall is no building; there are: {BUILDINGS}"]


def test_a_home_that_does_not_exist(catalogue: Catalogue) -> None:
    catalogue.change(HARLINGEN, "home: bolsward", "home: sneek")
    assert problems(catalogue) == [f"{HARLINGEN}: home: sneek is no site; there are: bolsward, leeuwarden"]


def test_an_unknown_key(catalogue: Catalogue) -> None:
    catalogue.change(HARLINGEN, "seats: 128", "seats: 128\nchairs: 128")
    assert problems(catalogue) == [
        f"{HARLINGEN}: chairs: unknown key; allowed are: area_codes, cbs_code, frisian_name, home, inhabitants, name, "
        "network_number, number_blocks, relocation, seats, sizes, town_hall, uses, without"
    ]


def test_an_unknown_key_deep_in_a_file(catalogue: Catalogue) -> None:
    catalogue.change("services.yaml", "{users_per_vcpu: 4, spare: 1}", "{users_per_vcpu: 4, spare: 1, reserve: 1}")
    assert problems(catalogue) == [
        "services.yaml: workplaces.roles.session-host.count.reserve: unknown key; allowed are: spare, users_per_vcpu"
    ]


def test_a_key_that_stands_twice(catalogue: Catalogue) -> None:
    catalogue.change(HARLINGEN, "home: bolsward", "home: bolsward\nhome: leeuwarden")
    assert problems(catalogue) == [f"{HARLINGEN}: line 9: home stands twice"]


def test_a_network_number_that_is_taken(catalogue: Catalogue) -> None:
    catalogue.change(HARLINGEN, "network_number: 3", "network_number: 4")
    assert problems(catalogue) == ["municipalities/lemsterland.yaml: network_number: 4 is already that of harlingen"]


def test_a_code_that_yaml_reads_as_a_number(catalogue: Catalogue) -> None:
    catalogue.change(HARLINGEN, 'cbs_code: "0072"', "cbs_code: 0072")
    assert problems(catalogue) == [f"{HARLINGEN}: cbs_code: must be text, but YAML reads it as 58; put it in quotes"]


def test_a_code_of_the_wrong_form(catalogue: Catalogue) -> None:
    catalogue.change(HARLINGEN, 'cbs_code: "0072"', 'cbs_code: "72"')
    assert problems(catalogue) == [
        f'{HARLINGEN}: cbs_code: 72 is not a code of Statistics Netherlands: four digits, in quotes (e.g. "0072")'
    ]


@pytest.mark.parametrize("value", ["many", "yes", "12.5", "-1"])
def test_seats_that_are_no_number_of_seats(catalogue: Catalogue, value: str) -> None:
    catalogue.change(HARLINGEN, "seats: 128", f"seats: {value}")
    shown = {"yes": "true"}.get(value, value)
    what = "is too small; 0 is the least" if value == "-1" else "is no whole number"
    assert problems(catalogue) == [f"{HARLINGEN}: seats: {shown} {what}"]


def test_a_file_whose_name_is_no_slug(catalogue: Catalogue) -> None:
    (catalogue.folder / HARLINGEN).rename(catalogue.folder / "municipalities/Harlingen.yaml")
    assert problems(catalogue)[0] == (
        "municipalities/Harlingen.yaml: Harlingen is not a slug: lower-case ASCII letters, digits and single hyphens, "
        "a letter first"
    )


def test_a_partnership_and_a_municipality_of_one_name(catalogue: Catalogue) -> None:
    (catalogue.folder / "partnerships/iszf.yaml").rename(catalogue.folder / "partnerships/harlingen.yaml")
    catalogue.change("municipalities/leeuwarden.yaml", "session-border: iszf", "session-border: harlingen")
    assert problems(catalogue) == [
        "partnerships/harlingen.yaml: name: harlingen is the name of a municipality and of a partnership; rename a file"
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("partnerships/iszf.yaml", "office: iszf-office", "office: ouwe-office",
         f"office: ouwe-office is no building; there are: {BUILDINGS}"),
        ("partnerships/iszf.yaml", "runs: [workplaces]", "runs: [work]", "runs: work is no service; there are: "),
        ("municipalities/leeuwarden.yaml", "relocation: [iszf-office,", "relocation: [ouwe-office,",
         f"relocation: ouwe-office is no building; there are: {BUILDINGS}"),
        ("municipalities/leeuwarden.yaml", "relocation: [iszf-office,", "relocation: [balk-town-hall,",
         "relocation: balk-town-hall stands 2 times; once is allowed"),
        (HARLINGEN, "seats: 128", "seats: 128\nwithout: [fax]", "without: fax is no service; there are: "),
        (HARLINGEN, "seats: 128", "seats: 128\nsizes: {taxes/aplication: XL}",
         "sizes: taxes/aplication is no service/role; there are: "),
        (HARLINGEN, "seats: 128", "seats: 128\nsizes: {taxes/application: XXL}",
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
    catalogue.change("partnerships/iszf.yaml", "office: iszf-office", "office: workum-town-hall")
    assert problems(catalogue)[-1] == (
        "partnerships/iszf.yaml: office: workum-town-hall houses no site, and a partnership's home is its office's "
        "site; these do: iszf-office, leeuwarden-town-hall"
    )


def test_a_partnership_that_cannot_be_read_does_not_make_its_members_wrong(catalogue: Catalogue) -> None:
    catalogue.change("partnerships/iszf.yaml", "seats: 40", "seats: some")
    assert problems(catalogue) == ["partnerships/iszf.yaml: seats: some is no whole number"]


@pytest.mark.parametrize(
    ("uses", "problem"),
    [
        ("{session-border: izf}", "izf is no partnership; there are: iszf"),
        ("{telephony: iszf}",
         "telephony is no shared service; there are: base-registries, case-management, databases, directory, "
         "e-services, finance, remote-access, service-bus, session-border, youth-care"),
    ],
)  # fmt: skip
def test_a_service_of_a_partnership_that_cannot_be_used(catalogue: Catalogue, uses: str, problem: str) -> None:
    catalogue.change("municipalities/leeuwarden.yaml", "uses: {session-border: iszf}", f"uses: {uses}")
    assert problems(catalogue)[0] == f"municipalities/leeuwarden.yaml: uses: {problem}"


def test_a_service_that_nobody_runs_for_a_municipality(catalogue: Catalogue) -> None:
    catalogue.change("municipalities/leeuwarden.yaml", "uses: {session-border: iszf}", "without: [session-border]")
    assert problems(catalogue) == [
        "municipalities/leeuwarden.yaml: without: leeuwarden runs telephony, which depends on session-border, and "
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
        ("0517-491200", "0517-4912",
         "number_blocks[0].last: 0517-4912 has 4 subscriber digits; area code 0517 has 6 (e.g. 0517-491299)"),
        ("0517-4912000", "0517-491299",
         "number_blocks[0].first: 0517-4912000 has 7 subscriber digits; area code 0517 has 6 (e.g. 0517-491200)"),
        ("0515-491200", "0515-491299",
         "number_blocks[0].first: 0515-491200 lies in area 0515; Harlingen has 0517"),
        ("0517-491299", "0517-491200",
         "number_blocks[0]: its last number 0517-491200 comes before its first, 0517-491299"),
        ("0517-491200", "0515-491299",
         "number_blocks[0]: its last number 0515-491299 lies in another area than its first, 0517-491200"),
        ('"+31517491200"', "0517-491299",
         "number_blocks[0].first: +31517491200 is not written as area code, hyphen, subscriber digits "
         "(e.g. 0517-491299)"),
        ("0900-123456", "0517-491299",
         "number_blocks[0].first: 0900-123456 is not a Dutch geographic number (e.g. 0517-491299)"),
    ],
)  # fmt: skip
def test_a_wrong_number(catalogue: Catalogue, first: str, last: str, problem: str) -> None:
    catalogue.change(HARLINGEN, "{first: 0517-491200, last: 0517-491299}", f"{{first: {first}, last: {last}}}")
    assert problems(catalogue) == [f"{HARLINGEN}: {problem}"]


def test_a_number_of_an_area_that_is_none_of_several(catalogue: Catalogue) -> None:
    catalogue.change(HARLINGEN, 'area_codes: ["0517"]', 'area_codes: ["0517", "0518"]')
    catalogue.change(HARLINGEN, "{first: 0517-491200, last: 0517-491299}", "{first: 0515-491200, last: 0515-491299}")
    assert problems(catalogue) == [
        f"{HARLINGEN}: number_blocks[0].first: 0515-491200 lies in area 0515; Harlingen has 0517, 0518"
    ]


@pytest.mark.parametrize(
    "other", ["{first: 0517-491300, last: 0517-491399}", "{first: 0517-491100, last: 0517-491199}"]
)
def test_blocks_that_follow_each_other_do_not_overlap(catalogue: Catalogue, other: str) -> None:
    block = "  - {first: 0517-491200, last: 0517-491299}\n"
    catalogue.change(HARLINGEN, block, f"{block}  - {other}\n")
    load_region(catalogue.folder)


def test_blocks_that_overlap(catalogue: Catalogue) -> None:
    catalogue.change(HARLINGEN, "0517-491200, last: 0517-491299", "0517-991210, last: 0517-991230")
    assert problems(catalogue) == [
        "municipalities/littenseradiel.yaml: number_blocks[1]: 0517-991200 to 0517-991219 overlaps the block "
        "0517-991210 of harlingen"
    ]
