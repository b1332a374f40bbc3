"""What a posting must not say, and what it may."""

from datetime import date
from typing import Any

import pytest

from services.jobs.postings import content
from services.jobs.postings.schemas import PostingIn
from tests.factories.jobs import PUBLIC_POST, posting

TODAY = date(2018, 6, 28)


def found(**changes: Any) -> set[tuple[str, str]]:
    return {(each.pointer, each.code) for each in content.faults(PostingIn.model_validate(posting(**changes)), TODAY)}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("限男性", "discrimination_sex"),
        ("只招女工", "discrimination_sex"),
        ("身体健康,男士优先", "discrimination_sex"),
        ("性别:女", "discrimination_sex"),
        ("已婚已育优先", "discrimination_sex"),
        ("合同期内不得怀孕", "discrimination_sex"),
        ("仅限汉族", "discrimination_ethnicity"),
        ("不招维吾尔族", "discrimination_ethnicity"),
        ("不要河南人", "discrimination_origin"),
        ("东北人勿扰", "discrimination_origin"),
        ("只招本市户口", "discrimination_origin"),
        ("无乙肝", "discrimination_carrier"),
        ("入职须检测乙肝五项", "discrimination_carrier"),
        ("乙肝携带者勿扰", "discrimination_carrier"),
        ("不招残疾人", "discrimination_disability"),
        ("不招信教人员", "discrimination_religion"),
        ("入职交押金200元", "deposit"),
        ("工作服保证金300元,离职不退", "deposit"),
        ("扣押身份证", "deposit"),
    ],
)
def test_what_the_law_forbids_is_refused_with_its_article(words: str, code: str) -> None:
    assert found(requirements=f"能吃苦;{words}。") == {("/requirements", code)}
    fault = content.faults(PostingIn.model_validate(posting(requirements=words)), TODAY)[0]
    assert "法第" in fault.text.zh
    assert "article" in fault.text.en


@pytest.mark.parametrize(
    "words",
    [
        "男女不限",
        "性别不限,年龄 18 至 50 岁",
        "性别:男女不限",
        "性别:不限",
        "女职工享受产假",
        "少数民族优先",
        "民族不限",
        "不招未成年人",
        "会说河南话",
        "有年限要求,权限男女一致",
        "不要求乙肝检测",
        "乙肝携带者不限",
        "残疾人优先",
        "不收押金",
        "无押金",
        "押金:无",
        "不扣身份证",
        "需交身份证复印件",
        "限招 20 人",
    ],
)
def test_what_is_lawful_passes(words: str) -> None:
    assert found(requirements=words) == set()


def test_the_fields_must_fit_each_other() -> None:
    assert found(wage_from="5000.00", wage_to="4999.99") == {("/wage_to", "wage_order")}
    assert found(wage_from="0") == {("/wage_from", "greater_than")}
    assert found(valid_through="2018-06-27") == {("/valid_through", "past")}
    assert found(valid_through="2018-06-28") == set()
    assert found(min_age=40, max_age=39) == {("/max_age", "age_order")}
    assert found(title="装配工\0") == {("/title", "unprintable")}


@pytest.mark.rule("S001-W2")
def test_a_public_post_names_its_five_fields() -> None:
    assert found(kind="public_post") == {("/public_post", "missing")}
    assert found(kind="public_post", public_post=PUBLIC_POST) == set()
    assert found(public_post=PUBLIC_POST) == {("/public_post", "not_public_post")}
    offending = PUBLIC_POST | {"requirements": "限女性"}
    assert found(kind="public_post", public_post=offending) == {("/public_post/requirements", "discrimination_sex")}
