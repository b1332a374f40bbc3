"""A decision explains itself to an officer, and is kept so that it can be repeated."""

import json

import pytest

from services.subsidy.policy import explain
from services.subsidy.policy.evaluate import replay
from tests.policy.samples import refused_by, service, travel, yunnan


def test_a_granted_claim_reads_with_condition_article_sentence_and_sum() -> None:
    lines = explain.lines(travel(fare_fen=50001))
    assert lines[0] == "交通补助(云人社发〔2017〕100号):符合条件,应发 500.00 元"
    assert "✓ 跨省务工:就业地在省外 —— 第 二(三)13 条“跨省务工的建档立卡贫困劳动力”" in lines
    assert "计算:实际支出 500.01 元,上限 500.00 元,取较低者:500.00 元" in lines
    assert "事实:车票价格 = 500.01 元" in lines
    assert "标准:交通补助上限 = 500.00 元/人(第 二(三)13 条)" in lines
    assert lines[-1] == f"依据:政策包 53/yunnan-2017-100,{yunnan().digest}"


def test_a_refusal_marks_what_does_not_hold_and_shows_no_sum() -> None:
    lines = explain.lines(service(transfer="within_county"))
    assert lines[0] == "就业创业服务补贴(云人社发〔2017〕100号):不符合条件"
    assert [line for line in lines if line.startswith("✗")] == [
        "✗ 转移到县外或省外:就业地在县内,无此补贴 —— 第 二(三)12 条“按省外转移300元/人、县外转移200元/人的标准申报补贴”"
    ]
    assert not any(line.startswith(("计算", "补齐后可发")) for line in lines)


def test_an_incomplete_claim_says_what_is_missing_and_what_it_would_bring() -> None:
    lines = explain.lines(service(spell_verified=None, transfer="outside_county"))
    assert lines[0] == "就业创业服务补贴(云人社发〔2017〕100号):材料或信息不全"
    assert "缺少信息:就业信息已核实" in lines
    assert "补齐后可发:县外省内:标准 200.00 元/人 × 1 人 = 200.00 元" in lines
    assert sum(line.startswith("?") for line in lines) == 1


def test_the_data_is_json_with_money_in_yuan() -> None:
    data = json.loads(json.dumps(explain.data(travel())))
    assert data["amount"] == "480.00"
    assert data["arithmetic"]["terms"] == {"fare_fen": "480.00", "travel_cap": "500.00"}
    assert data["facts"]["ticket_date"]["value"] == "2018-03-01"
    assert data["event_on"] == "2018-03-01"
    assert data["digest"] == yunnan().digest


@pytest.mark.parametrize("event", ["2017-06-21", "2021-01-01"])
def test_an_event_outside_the_term_is_refused_by_the_term(event: str) -> None:
    decision = travel(ticket_date=event)
    assert refused_by(decision) == ["in_force"]
    assert "文件执行期 2017-06-22 起至 2020-12-31" in explain.lines(decision)[1]


def test_another_pack_does_not_repeat_a_decision() -> None:
    other = yunnan().model_copy(update={"digest": "sha256:" + "0" * 64})
    with pytest.raises(ValueError, match="not by 53/yunnan-2017-100"):
        replay(other, travel())
