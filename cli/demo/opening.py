"""The opening: who is there, and the divisions of the provinces that the play touches."""

import secrets

from cli.client import checked, http, reaching
from cli.demo.stage import Stage, expect
from cli.demo.story import BUSINESS_TIME, COUNTY, PROVINCES
from cli.verbs import regions

TREASURY = "mile-treasury"
_OWN_REGION = f"/registry/v1/regions/{COUNTY}"
LEVELS = {2: "省 province", 4: "市州 city", 6: "县 county", 9: "乡镇 township", 12: "村 village"}
SOME_PLACES = ("53", "5325", "532504", "532504103", "532504103202", "310117", "441900")


def open_platform(stage: Stage) -> None:
    stage.act("1 平台 Platform")
    stage.say(
        f"业务时间固定为 {BUSINESS_TIME}。所用政策云人社发〔2017〕100号已是历史文件,仅供演示。\n"
        f"The business clock is held at {BUSINESS_TIME}. The policy pack, Yunnan 2017 no. 100, is historical."
    )
    _cast(stage)
    with stage.doing("yunnan-admin", "导入云南、上海、广东区划 load the divisions of three provinces") as admin:
        loaded = regions.load(admin, PROVINCES, stage.console)
        stage.story.divisions = loaded["total"]
        expect("divisions stored", loaded["done"], loaded["total"])
        names = {code: admin.get(f"/registry/v1/regions/{code}")["name"] for code in SOME_PLACES}
    places = stage.table("部分区划 Some places", "代码 Code", "级别 Level", "名称 Name")
    for code, name in names.items():
        places.add_row(code, LEVELS[len(code)], name)
    stage.show(places)


def make_account(stage: Stage) -> None:
    """The county's admin makes the account that approves payments at the finance bureau (财政局)."""
    account = {
        "username": TREASURY,
        "title": "弥勒市财政局 支付审批岗",
        "region": COUNTY,
        "department": "finance",
        "duties": ["approver"],
    }
    with stage.doing("mile-admin", "新建财政审批账号 make the account that approves payments") as admin:
        made = admin.post("/gateway/v1/users", account)
    stage.enrol(TREASURY, made["initial_password"])
    stage.refused(TREASURY, "未修改初始密码登录 log in with the first password", 403, lambda one: one.get(_OWN_REGION))
    chosen = f"Demo-{secrets.token_urlsafe(12)}-1"
    _change_password(stage, made["initial_password"], chosen)
    stage.enrol(TREASURY, chosen)
    with stage.doing(TREASURY, "修改密码后登录 change it and log in") as treasury:
        expect("its own region", treasury.get(_OWN_REGION)["code"], COUNTY)


def _change_password(stage: Stage, given: str, chosen: str) -> None:
    body = {"username": TREASURY, "password": given, "new_password": chosen}
    with reaching(stage.base_url), http(stage.base_url) as client:
        checked(client.post("/auth/password", json=body))


def _cast(stage: Stage) -> None:
    cast = stage.table("账号 Accounts and clients", "账号 Account", "岗位 Post", "地区 Region", "职责 Duties")
    for post in stage.posts.values():
        cast.add_row(post["username"], post["title"], post["region"], " ".join(post["duties"]))
    for program in stage.programs.values():
        cast.add_row(program["client_id"], program["for"], program["region"] or "", program["role"])
    stage.show(cast)
