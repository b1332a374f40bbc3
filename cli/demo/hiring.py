"""The agency is filed and offers jobs; the county publishes them."""

from typing import Any

from cli.client import Caller
from cli.demo.stage import Stage, expect
from cli.demo.story import COUNTY, Posted
from cli.samples import postings

AGENCY = "organisation-demo-agency"
ORGANISATION: dict[str, Any] = {
    "kind": "agency",
    "name": "弥勒示例人力资源服务有限公司",
    "region": COUNTY,
    "uscc": "91532504000000000X",
    "licence_no": "示例-532504-2018-001",
    "contact_phone": "0873-0000000",
}
ELSEWHERE = "530111"
"""官渡区 of Kunming: in the province, outside the county."""


def file_agency(stage: Stage) -> None:
    stage.act("3 机构与岗位 The agency and its jobs")
    organisation_id = stage.programs[AGENCY]["organisation_id"]
    stage.story.organisation_id = organisation_id
    path = f"/jobs/v1/organisations/{organisation_id}"
    with stage.doing("mile-officer", "登记人力资源机构 register the HR agency") as county:
        county.put(path, ORGANISATION)
    stage.refused(
        AGENCY, "未备案机构发布岗位 post jobs before being filed", 409, lambda one: _post(one, postings.sample(1).items)
    )
    with stage.doing("mile-officer", "备案 file it") as county:
        filed = county.post(f"{path}/file", {"decision": "file"})
    expect("the agency is filed with the county", (filed["filed"], filed["filed_region"]), (True, COUNTY))


def post_jobs(stage: Stage) -> None:
    """A hundred postings in one request, as the agency's program sends them."""
    sample = postings.write(stage.file("postings.json"))
    stage.file("postings.manifest.json")  # written beside it
    items = sample.items
    with stage.doing(AGENCY, f"一次提交 {len(items)} 个岗位 submit {len(items)} postings in one request") as agency:
        answer = _post(agency, items)
    results = answer["results"]
    refused = {one["external_id"]: one["errors"] for one in results if one["outcome"] == "refused"}
    table = stage.table(
        "被退回的岗位 Postings refused", "外部编号 External id", "字段 Field", "错误 Code", "说明 What to do"
    )
    for external_id, errors in refused.items():
        for error in errors:
            table.add_row(external_id, error["pointer"], error["code"], error["detail"])
    stage.show(table)
    expect("every posting is answered", (answer["accepted"] + answer["refused"], len(results)), (len(items),) * 2)
    wrong = {index: (f"/items/{index}{where}", code) for index, (where, code) in sample.refused.items()}
    seen = {one["index"]: one["errors"][0] for one in results if one["outcome"] == "refused"}
    expect("what is wrong", {index: (one["pointer"], one["code"]) for index, one in seen.items()}, wrong)
    accepted = [one["posting_id"] for one in results if one["outcome"] == "created"]
    expect("accepted and refused agree with the results", answer["accepted"], len(accepted))
    stage.story.posted = Posted(
        accepted, {one: [error["pointer"] for error in errors] for one, errors in refused.items()}, []
    )
    _one_elsewhere(stage, next(item for item, one in zip(items, results, strict=True) if one["outcome"] == "created"))


def _one_elsewhere(stage: Stage, like: dict[str, Any]) -> None:
    """One more, in another county of the province, for the second rate of the service subsidy."""
    posting = like | {
        "external_id": "GD-0001",
        "kind": "unit",
        "title": "快递分拣员",
        "occupation": "快递员",
        "employer_name": "官渡样例物流公司",
        "work_region": ELSEWHERE,
        "public_post": None,
        "min_age": 16,
        "max_age": 60,
        "skills": [],
        "capacities": ["skilled", "normal"],
    }
    with stage.doing(AGENCY, "另发布昆明市官渡区岗位 one more, in another county of the province") as agency:
        stage.posted.accepted.append(agency.post("/jobs/v1/postings", posting)["id"])


def publish_jobs(stage: Stage) -> None:
    posted = stage.posted
    with stage.doing("mile-officer", f"审核并发布 {len(posted.accepted)} 个岗位 review and publish them") as county:
        for listed in list(county.pages("/jobs/v1/postings", status="in_review", limit=200)):
            path = f"/jobs/v1/postings/{listed['id']}/review"
            reviewed = county.post(path, {"decision": "publish"}, **{"If-Match": f'"{listed["version"]}"'})
            expect("a reviewed posting", reviewed["status"], "published")
            posted.published.append(reviewed["id"])
    expect("all that was accepted is published", sorted(posted.published), sorted(posted.accepted))


def _post(agency: Caller, items: list[dict[str, Any]]) -> Any:
    return agency.post("/jobs/v1/postings/bulk", {"items": items})
