"""The quarterly form of annex 3 at the five levels, and who does not get to see it."""

from typing import Any

from cli import waiting
from cli.client import Caller
from cli.demo.stage import Stage, expect
from cli.demo.story import COUNTY, QUARTER, YEAR, Story
from shared.money import format_yuan, parse_yuan

FORM = "/reporting/v1/forms/annex3"
LEVELS = (
    ("53", "yunnan-reporter"),
    ("5325", "honghe-reporter"),
    (COUNTY, "mile-reporter"),
    ("532504103", "hongxi-reporter"),
    ("532504103202", "shamie-officer"),
)
SIGNATURES = {"filled_by": "(样例)填表人", "reviewed_by": "(样例)审核人", "phone": ""}
COLUMN_OF = {
    ("service_subsidy", "outside_province"): "outside_province_service_paid",
    ("service_subsidy", "outside_county"): "outside_county_service_paid",
    ("travel_subsidy", "outside_province"): "outside_province_travel_paid",
}
"""The money column that a benefit goes to, by the reach of the transfer."""


def print_forms(stage: Stage) -> None:
    stage.act("7 季报 The quarterly form")
    _await_figures(stage)
    for region, who in LEVELS:
        with stage.doing(who, f"附件3 annex 3 of {region}, {YEAR} Q{QUARTER}") as reporter:
            form = _form(reporter, region)
            workbook = stage.file(f"annex3-{region}.xlsx")
            reporter.download(f"{FORM}.xlsx", workbook, body=SIGNATURES, **_asked(region))
        stage.story.annex3[region] = cells(form["rows"][0]["values"])
        stage.story.region_names[region] = form["region_name"]
    _show(stage)
    for region in ("53", "5325"):
        expect(f"all people are of one county: annex 3 of {region}", stage.story.annex3[region], _county(stage.story))


def refuse_neighbours(stage: Stage) -> None:
    village, county = LEVELS[-1][0], COUNTY
    for who, region, status, what in (
        ("zhaobei-officer", village, 404, "邻村查看季报 a neighbour village's form"),
        ("hongxi-reporter", county, 404, "乡镇查看全市季报 the form of the level above"),
        ("mengzi-officer", county, 404, "邻县查看季报 a neighbour county's form"),
        ("mile-approver", county, 403, "无统计职责查看季报 the form without that duty"),
    ):
        stage.refused(who, what, status, lambda one, region=region: _form(one, region))  # type: ignore[misc]
    person = stage.story.placements[0].person_id
    for who, what in (
        ("zhaobei-officer", "邻村查看人员 a person of another village"),
        ("mengzi-officer", "邻县查看人员 a person of another county"),
    ):
        stage.refused(who, what, 404, lambda one: one.get(f"/registry/v1/persons/{person}"))
    stage.refused(
        "organisation-demo-agency",
        "机构查看登记库 the agency reads the register",
        403,
        lambda one: one.get(f"/registry/v1/persons/{person}"),
    )


def cells(values: dict[str, int | str]) -> dict[str, int]:
    """A row of the form in exact integers: people, and fen for what the form writes as yuan."""
    return {name: parse_yuan(value) if isinstance(value, str) else value for name, value in values.items()}


def _await_figures(stage: Stage) -> None:
    """Reporting follows the services' feeds: it comes to agree with the register and with the bank in a while."""
    with stage.doing("mile-officer", "清点登记库 count the register by its list") as county:
        poor = list(county.pages("/registry/v1/persons", region=COUNTY, base="poverty_alleviated", limit=200))
    expected = {
        "registered_people": len(poor),
        "employed_people": sum(one["status"] == "employed" for one in poor),
        "outside_province_people": sum(one["transfer"] == "outside_province" for one in poor),
        "outside_county_people": sum(one["transfer"] == "outside_county" for one in poor),
    } | _paid(stage.story)
    with stage.doing("mile-reporter", "等待变更流 wait until reporting has read the feeds") as reporter:
        waiting.until(
            "annex 3 agrees with the register and with the payments",
            lambda: {name: cells(_form(reporter, COUNTY)["rows"][0]["values"])[name] for name in expected},
            lambda seen: seen == expected,
            seconds=240,
        )


def _paid(story: Story) -> dict[str, int]:
    sums = dict.fromkeys(COLUMN_OF.values(), 0)
    for claimed in story.claims:
        transfer = next(one.transfer for one in story.placements if one.placement_id == claimed.placement_id)
        sums[COLUMN_OF[claimed.benefit, str(transfer)]] += claimed.amount_fen
    return sums


def _form(reporter: Caller, region: str) -> Any:
    return reporter.get(FORM, **_asked(region))


def _asked(region: str) -> dict[str, Any]:
    return {"region": region, "year": YEAR, "quarter": QUARTER}


def _county(story: Story) -> dict[str, int]:
    return story.annex3[COUNTY]


def _show(stage: Stage) -> None:
    catalogue = stage.caller("mile-reporter").get("/reporting/v1/indicators")["items"]
    names = {one["code"]: one for one in catalogue}
    headings = [f"{stage.story.region_names[region]} {region}#" for region, _ in LEVELS]
    table = stage.table(f"附件3 Annex 3, {YEAR} Q{QUARTER} (人 people, 元 yuan)", "指标 Indicator", *headings)
    for code in _county(stage.story):
        values = [stage.story.annex3[region][code] for region, _ in LEVELS]
        money = names[code]["unit"] == "fen"
        shown = [format_yuan(value) if money else f"{value:,}" for value in values]
        table.add_row(f"{names[code]['name']['zh']} {names[code]['name']['en']}", *shown)
    stage.show(table)
