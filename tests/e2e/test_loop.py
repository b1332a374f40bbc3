"""The whole loop on real processes, played as the demo plays it, and counted again from what its officers can read."""

import io
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import openpyxl
import pytest
from rich.console import Console

from cli import waiting
from cli.demo import placing, reporting
from cli.demo.hiring import AGENCY
from cli.demo.paying import BANK
from cli.demo.play import play
from cli.demo.run import SETTINGS, data_folder
from cli.demo.stage import Stage
from cli.demo.story import COUNTY, LAST_DAY, YEAR, Placed, Story
from cli.dev.report import Report
from cli.dev.supervisor import Supervisor, platform
from cli.samples import people
from tests.e2e import recount

pytestmark = pytest.mark.timeout(1200)

PATIENCE = 120.0


@contextmanager
def season(folder: Path) -> Iterator[tuple[Supervisor, Stage]]:
    """A platform of its own with an empty stage, whose output is kept to be shown with a failure."""
    console = Console(width=160, highlight=False)
    with (
        data_folder(None, folder) as data,
        platform(data, environment="demo", report=Report(console), settings=SETTINGS) as running,
    ):
        stage = Stage(running.base_url, running.credentials, folder, console)
        try:
            yield running, stage
        finally:
            stage.close()


@pytest.mark.rule("S003-S1", "S003-S2", "S003-F1", "S003-D3")
def test_the_loop(tmp_path: Path, subtests: pytest.Subtests) -> None:
    """One test, because one platform serves all of it: what the story says is proved part by part."""
    with season(tmp_path) as (running, stage):
        story = play(stage)
        raw = recount.read(stage.caller("mile-officer"), stage.caller(BANK), COUNTY)
        with subtests.test("the workbook's rows are in the register, but for the wrong ones"):
            _check_import(story, raw)
        for region, _ in reporting.LEVELS:
            with subtests.test("annex 3 equals a recount", region=region):
                assert story.annex3[region] == recount.annex3(raw, region, YEAR, LAST_DAY)
                _check_workbook(story, region)
        with subtests.test("the money"):
            _check_money(story, raw)
        with subtests.test("who was refused what"):
            assert {(one.who, one.what.split(" ")[0], one.status) for one in story.refusals} == REFUSED
        with subtests.test("a hire is recorded once, both killed before the register heard of it"):
            _check_killed(running, stage, ["jobs-worker", "registry"], frozen="jobs-worker")
        with subtests.test("a hire is recorded once, both killed while it is on its way"):
            _check_killed(running, stage, ["registry", "jobs-worker"])


REFUSED = {
    ("mile-treasury", "未修改初始密码登录", 403),
    ("shamie-officer", "村级人员导入全市名单", 403),
    (AGENCY, "未备案机构发布岗位", 409),
    ("zhaobei-officer", "邻村为该人找岗位", 404),
    ("mile-officer", "复核人审批", 403),
    (AGENCY, "申报人审批", 403),
    ("shamie-officer", "经办人审批", 403),
    ("mile-finance", "编制人或其他部门审批批次", 403),
    ("mile-approver", "编制人或其他部门审批批次", 403),
    (BANK, "控制总额差一分的结果", 409),
    ("shamie-officer", "同一年度再次申报交通补助", 200),
    ("zhaobei-officer", "邻村查看季报", 404),
    ("hongxi-reporter", "乡镇查看全市季报", 404),
    ("mengzi-officer", "邻县查看季报", 404),
    ("mile-approver", "无统计职责查看季报", 403),
    ("zhaobei-officer", "邻村查看人员", 404),
    ("mengzi-officer", "邻县查看人员", 404),
    (AGENCY, "机构查看登记库", 403),
}


def _check_import(story: Story, raw: recount.Raw) -> None:
    sample = people.people()
    assert story.imported is not None
    assert story.imported.refused_rows == sorted({flaw.row for flaw in sample.bad})
    assert len(raw.people) == story.imported.done == len(sample.rows) - len({flaw.row for flaw in sample.bad})
    assert sum(story.imported.reasons.values()) >= story.imported.refused


def _check_workbook(story: Story, region: str) -> None:
    """The printed sheet shows the same people, in its units."""
    content = story.files[f"annex3-{region}.xlsx"].read_bytes()
    cells = {
        cell.value for row in openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows() for cell in row
    }
    registered = story.annex3[region]["registered_people"]
    assert (registered if len(region) > 6 else registered / 10_000) in cells


def _check_money(story: Story, raw: recount.Raw) -> None:
    due = sorted(one.amount_fen for one in story.claims)
    assert due == [20_000, 26_850, 30_000, 30_000, 50_000]
    assert sorted(recount.fen(line) for line in raw.paid) == due
    assert {line["claim_id"] for line in raw.paid} == {one.claim_id for one in story.claims}
    assert story.ledger["paid"] == sum(due)
    assert sum(story.ledger.values()) == 0


def _check_killed(running: Supervisor, stage: Stage, victims: list[str], *, frozen: str | None = None) -> None:
    """Both processes that a hire passes through die without a word; the supervisor brings them back. One may be
    `frozen` before the hire is reported, so that the register cannot know of it yet."""
    officer = stage.caller("shamie-officer")
    person = next(iter(officer.pages("/registry/v1/persons", status="unemployed", base="poverty_alleviated")))
    posting = placing.open_posting(stage, "31")["id"]
    placement = officer.post("/jobs/v1/placements", {"person_id": person["id"], "posting_id": posting})
    placed = Placed(person["id"], placement["id"], posting, "", placing.HIRED_ON)
    if frozen:
        os.kill(running.processes[frozen], signal.SIGSTOP)
    placing.hire(stage, placed.placement_id, placed.hired_on)
    if frozen:
        assert not _recorded(stage, placed.placement_id)
    for name in victims:
        os.kill(running.processes[name], signal.SIGKILL)
    _while_looking_after(running, lambda: _recorded(stage, placed.placement_id))
    assert len(placing.spells_of(officer, placed)) == 1
    assert officer.get(f"/registry/v1/persons/{person['id']}")["status"] == "employed"


def _recorded(stage: Stage, placement_id: str) -> bool:
    seen = stage.caller(AGENCY).get(f"/jobs/v1/referrals/{placement_id}")
    assert seen["status"] == "hired"
    assert seen["registry_state"] != "refused"
    return bool(seen["registry_state"] == "recorded")


def _while_looking_after(running: Supervisor, condition: Callable[[], bool]) -> None:
    def look() -> bool:
        running.look_after()
        return condition()

    waiting.until("the hire is recorded after the crash", look, bool, seconds=PATIENCE)
    waiting.until("all processes are back", lambda: _all_answer(running), bool, seconds=PATIENCE)


def _all_answer(running: Supervisor) -> bool:
    running.look_after()
    return all(Path(f"/proc/{pid}").exists() for pid in running.processes.values())
