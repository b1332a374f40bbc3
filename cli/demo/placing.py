"""A village's officer finds work for three people; the agency hires them and reports how it goes on."""

from typing import Any

from cli import waiting
from cli.client import Caller
from cli.demo.hiring import AGENCY, ELSEWHERE
from cli.demo.stage import Stage, Wrong, expect
from cli.demo.story import TODAY, Placed

OFFICER, TOWNSHIP = "shamie-officer", "hongxi-officer"
VILLAGE = "532504103202"
WILLING = {
    "status": "unemployed",
    "base": "poverty_alleviated",
    "mobility": "far",
    "intent_place": "outside_county",
    "alive": True,
}
PLACES = (("31", "outside_province"), ("44", "outside_province"), (ELSEWHERE, "outside_county"))
"""Where the three go, and what the register must make of it: Shanghai, Guangdong, another county of Yunnan."""

HIRED_ON, PERFORMED_UNTIL = "2018-03-05", "2018-06-20"
ADULT = 18


def match(stage: Stage) -> None:
    stage.act("4 匹配与推荐 Matching and referring")
    person = _willing(stage.caller(OFFICER))[0]
    _await_projection(stage, person["id"])
    with stage.doing(OFFICER, f"为一人找岗位 the ten best jobs of {person['name']}") as village:
        jobs = village.get(f"/jobs/v1/matches/persons/{person['id']}")
    _show_jobs(stage, jobs)
    stage.refused(
        "zhaobei-officer",
        "邻村为该人找岗位 jobs for a person of another village",
        404,
        lambda one: one.get(f"/jobs/v1/matches/persons/{person['id']}"),
    )
    best = jobs["items"][0]["posting"]["id"]
    with stage.doing(OFFICER, "为一岗位找人 the best people for one job") as village:
        people = village.get(f"/jobs/v1/matches/postings/{best}")
    _show_people(stage, people)


def refer_and_hire(stage: Stage) -> None:
    people = _willing(stage.caller(OFFICER))
    if len(people) < len(PLACES):
        raise Wrong(f"The village has {len(people)} willing people; the play needs {len(PLACES)}.")
    for person, (place, _) in zip(people, PLACES, strict=False):
        posting = _open_posting(stage, place)
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
    """Registered poor people of the village who are able and willing to leave, grown-ups, oldest entry first."""
    listed = officer.pages("/registry/v1/persons", region=VILLAGE, status="unemployed", base="poverty_alleviated")
    fit = [one for one in listed if WILLING.items() <= one.items() and TODAY.year - one["birth_year"] >= ADULT]
    return sorted(fit, key=lambda one: -one["birth_year"])


def _open_posting(stage: Stage, place: str) -> dict[str, Any]:
    """A published job there that still has room."""
    listed = stage.caller(OFFICER).pages("/jobs/v1/postings", work_region=place)
    for posting in sorted(listed, key=lambda one: str(one["external_id"])):
        if posting["filled"] < posting["headcount"] and posting["kind"] == "unit":
            return posting
    raise Wrong(f"No job in {place} is open.")
