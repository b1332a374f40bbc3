"""A village's officer finds work for three people; the agency hires them and reports how it goes on."""

from typing import Any

from cli import waiting
from cli.client import Caller, Refused
from cli.demo.hiring import AGENCY, ELSEWHERE
from cli.demo.stage import Stage, Wrong, expect
from cli.demo.story import TODAY, Placed

OFFICER, TOWNSHIP = "shamie-officer", "hongxi-officer"
VILLAGE = "532504103202"
WILLING = {"status": "unemployed", "base": "poverty_alleviated", "mobility": "far", "alive": True}
PLACES = (("31", "outside_province"), ("44", "outside_province"), (ELSEWHERE, "outside_county"))
"""Where the three go, and what the register must make of it: Shanghai, Guangdong, another county of Yunnan."""

HIRED_ON, PERFORMED_UNTIL = "2018-03-05", "2018-06-20"
ADULT = 18
BEST = 10


def match(stage: Stage) -> None:
    """The ten best jobs for one person with the reasons, and the best people for one of the jobs."""
    stage.act("4 匹配与推荐 Matching and referring")
    person = _willing(stage.caller(OFFICER))[0]
    path = f"/jobs/v1/matches/persons/{person['id']}"
    _await_projection(stage, path)
    with stage.doing(OFFICER, f"为 {person['name']} 找岗位 the ten best jobs for one person") as village:
        found = village.get(path, excluded=True)
    _show_jobs(stage, found)
    stage.story.matches = [one["posting"]["id"] for one in found["matches"]]
    expect("best jobs for one person", len(stage.story.matches), BEST)
    stage.refused(
        "zhaobei-officer", "邻村为该人找岗位 jobs for another village's person", 404, lambda one: one.get(path)
    )
    with stage.doing(OFFICER, "为一岗位找人 the best people for one job") as village:
        people = village.get(f"/jobs/v1/matches/postings/{stage.story.matches[0]}")
        names = {one["person"]["person_id"]: _name(village, one["person"]["person_id"]) for one in people["matches"]}
    _show_people(stage, people, names)
    stage.story.candidates = list(names)
    expect(
        "candidates are of the officer's own village", {one["person"]["region"] for one in people["matches"]}, {VILLAGE}
    )


def refer_and_hire(stage: Stage) -> None:
    people = _willing(stage.caller(OFFICER))
    if len(people) < len(PLACES):
        raise Wrong(f"The village has {len(people)} willing people; the play needs {len(PLACES)}.")
    for person, (place, _) in zip(people, PLACES, strict=False):
        posting = _best(stage, person["id"], place) or open_posting(stage, place)
        with stage.doing(
            OFFICER, f"推荐 {person['name']} 到 {posting['work_region']} refer to {posting['title']}"
        ) as village:
            body = {"person_id": person["id"], "posting_id": posting["id"]}
            placement = village.post("/jobs/v1/placements", body)
        hire(stage, placement["id"], HIRED_ON)
        stage.story.placements.append(
            Placed(person["id"], placement["id"], posting["id"], posting["work_region"], HIRED_ON)
        )


def hire(stage: Stage, placement_id: str, on: str) -> None:
    """The agency's reports from interview to hire."""
    path = f"/jobs/v1/placements/{placement_id}"
    facts = {"hired_on": on, "monthly_wage": "4200.00", "contract_signed": True, "contract_from": on, "insured": True}
    with stage.doing(AGENCY, f"报告面试与录用 interview, and hire on {on}") as agency:
        agency.post(f"{path}/interview", {"interviewed_on": on})
        expect("the hire", agency.post(f"{path}/hire", facts)["status"], "hired")


def follow_up(stage: Stage) -> None:
    """The register has one spell for each hire, and knows where it leads; the agency follows up."""
    stage.act("5 就业 Employment")
    for placed, (_, transfer) in zip(stage.story.placements, PLACES, strict=True):
        path = f"/jobs/v1/referrals/{placed.placement_id}"
        await_recorded(stage, placed.placement_id)
        with stage.doing(AGENCY, f"回访:履行至 {PERFORMED_UNTIL} follow up") as agency:
            report = {"performed_until": PERFORMED_UNTIL, "contract_signed": True, "insured": True}
            agency.post(f"/jobs/v1/placements/{placed.placement_id}/follow-ups", report)
            placed.performed_until = agency.get(path)["performed_until"]
        with stage.doing(OFFICER, "登记库中的就业记录 the spell in the register") as village:
            spells = spells_of(village, placed)
            person = village.get(f"/registry/v1/persons/{placed.person_id}")
        placed.spells, placed.transfer = len(spells), person["transfer"]
        expect("spells of the placement", placed.spells, 1)
        expect("status and transfer", (person["status"], placed.transfer), ("employed", transfer))


def verify(stage: Stage) -> None:
    """A second person confirms each spell, as article 2 asks before money is paid."""
    for placed in stage.story.placements:
        await_recorded(stage, placed.placement_id)
        with stage.doing(TOWNSHIP, "核实就业信息 verify the employment") as township:
            spell = spells_of(township, placed)[0]
            path = f"/registry/v1/persons/{placed.person_id}/spells/{spell['id']}/verify"
            placed.verified = township.post(path)["verified"]
    shown = stage.table(
        "就业 Employment", "人员 Person", "就业地 Place", "录用 Hired", "履行至 Until", "转移 Transfer", "核实 Verified"
    )
    for placed in stage.story.placements:
        shown.add_row(
            placed.person_id[-12:], placed.work_region, placed.hired_on, placed.performed_until, placed.transfer,
            "是 yes" if placed.verified else "否 no",
        )  # fmt: skip
    stage.show(shown)


def _await_projection(stage: Stage, path: str) -> None:
    """Jobs follows the register's feed: it comes to know the people in a while."""

    def known() -> bool:
        try:
            stage.caller(OFFICER).get(path)
        except Refused as refusal:
            expect("the person is not known to jobs yet", refusal.status, 404)
            return False
        return True

    with stage.doing(OFFICER, "等待人员变更流 wait until jobs knows the person"):
        waiting.until("jobs knows the person", known, bool, seconds=240)


def _name(village: Caller, person_id: str) -> str:
    return str(village.get(f"/registry/v1/persons/{person_id}")["name"])


def _show_jobs(stage: Stage, found: dict[str, Any]) -> None:
    columns = "分数 Score#", "岗位 Job", "单位 Employer", "工作地 Place", "月薪 Wage", "理由 Reasons"
    table = stage.table(f"最合适的岗位 Best jobs ({found['measure']})", *columns)
    for one in found["matches"]:
        job = one["posting"]
        reasons = ";".join(part["reason"] for part in one["parts"])
        wage = f"{job['wage_from']}–{job['wage_to']}"
        table.add_row(str(one["score"]), job["title"], job["employer_name"], job["work_region"], wage, reasons)
    stage.show(table)
    excluded = stage.table(
        f"排除的岗位 Excluded of {found['open_postings']}", "条件 Limit", "说明 Reason", "岗位数 Postings#"
    )
    for one in found["excluded"]:
        excluded.add_row(one["limit"], one["reason"], str(one["postings"]))
    stage.show(excluded)


def _show_people(stage: Stage, found: dict[str, Any], names: dict[str, str]) -> None:
    columns = "分数 Score#", "姓名 Name", "出生年 Born#", "劳动能力 Capacity", "户类型 Household", "理由 Reasons"
    table = stage.table("最合适的人员 Best people", *columns)
    for one in found["matches"]:
        person = one["person"]
        reasons = ";".join(part["reason"] for part in one["parts"])
        name, born = names[person["person_id"]], str(person["birth_year"])
        table.add_row(str(one["score"]), name, born, person["labor_capacity"], person["base"], reasons)
    stage.show(table)


def spells_of(officer: Caller, placed: Placed) -> list[dict[str, Any]]:
    """The person's spells that came of the placement."""
    listed = officer.get(f"/registry/v1/persons/{placed.person_id}/spells")["items"]
    return [one for one in listed if one["placement_id"] == placed.placement_id]


def await_recorded(stage: Stage, placement_id: str, seconds: float = 60.0) -> None:
    """Until the register has the placement's present state. Raises CommandError when it refused."""
    agency = stage.caller(AGENCY)
    seen = waiting.until(
        "the register records the hire",
        lambda: agency.get(f"/jobs/v1/referrals/{placement_id}"),
        lambda one: one["registry_state"] != "pending",
        seconds=seconds,
    )
    expect("what the register said of the hire", (seen["registry_state"], seen["refusal"]), ("recorded", None))


def _willing(officer: Caller) -> list[dict[str, Any]]:
    """Grown-ups of registered poor households in the village who are able and willing to work and can travel; those
    who want to leave the county come first, then the younger."""
    listed = officer.pages("/registry/v1/persons", region=VILLAGE, status="unemployed", base="poverty_alleviated")
    fit = [one for one in listed if WILLING.items() <= one.items() and TODAY.year - one["birth_year"] >= ADULT]
    return sorted(fit, key=lambda one: (one["intent_place"] != "outside_county", -one["birth_year"], one["id"]))


def _best(stage: Stage, person_id: str, place: str) -> dict[str, Any] | None:
    """The best of the person's matches in a place; None when no job there is among the ten."""
    matches = stage.caller(OFFICER).get(f"/jobs/v1/matches/persons/{person_id}")["matches"]
    return next((one["posting"] for one in matches if one["posting"]["work_region"].startswith(place)), None)


def open_posting(stage: Stage, place: str) -> dict[str, Any]:
    """A published job there that still has room."""
    listed = stage.caller(OFFICER).pages("/jobs/v1/postings", work_region=place)
    for posting in sorted(listed, key=lambda one: str(one["external_id"])):
        if posting["filled"] < posting["headcount"] and posting["kind"] == "unit":
            return posting
    raise Wrong(f"No job in {place} is open.")
