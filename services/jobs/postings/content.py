"""What a posting must not say, and what must hold between its fields. Pure: no session, no clock.

Only certain cases are refused, each with the article it offends; the county's reviewer reads the rest. The articles are
of the Employment Promotion Act (就业促进法), the Labour Contract Act (劳动合同法) and the Labour Act (劳动法).
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from services.jobs.postings.schemas import PostingIn
from shared.errors import FieldError, Text

_CLAUSES = re.compile(r"[^,。;、!?,.;!?\n]+")
_ONLY = r"(?:只限|仅限|(?<![不无期权年局有上])限|只招|仅招|只要|仅要|只收)"
_NOT = r"(?:不招|不要|不收|拒收|拒招|谢绝|拒绝)"
_PLACES = (
    "北京|天津|河北|山西|内蒙古|辽宁|吉林|黑龙江|上海|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|广西|海南|"
    "重庆|四川|贵州|云南|西藏|陕西|甘肃|青海|宁夏|新疆|东北|外地|外省|农村"
)


class Rule(NamedTuple):
    """A wording that is refused unless its clause also has the `unless` wording."""

    code: str
    wording: re.Pattern[str]
    unless: re.Pattern[str] | None
    text: Text


def _rule(code: str, wording: str, zh: str, en: str, unless: str | None = None) -> Rule:
    return Rule(code, re.compile(wording), re.compile(unless) if unless else None, Text(zh, en))


_RULES = (
    _rule(
        "discrimination_sex",
        rf"{_ONLY}招?(?:[男女](?!女|男|不限|均可))|{_NOT}(?:[男女])|性别\s*[::为]\s*[男女](?![男女/或]|性?不限)"
        r"|(?:男|女)(?:性|士|生|工)?优先|已婚已育优先|(?:只限|仅限|限)未婚|(?:不得|不准|不能|禁止)(?:结婚|怀孕|生育)",
        "招聘不得限定或优先性别、婚育(就业促进法第二十七条)",
        "Recruitment may not be limited by sex, marriage or childbearing (Employment Promotion Act, article 27)",
        r"不限男女|男女不限|性别不限|男女均可|男女皆可",
    ),
    _rule(
        "discrimination_ethnicity",
        rf"(?:{_ONLY}|{_NOT})招?(?:汉族|少数民族|[\u4e00-\u9fff]{{1,5}}族)|汉族优先",
        "招聘不得对民族设限(就业促进法第二十八条)",
        "Recruitment may not be limited by ethnicity (Employment Promotion Act, article 28)",
        r"民族不限",
    ),
    _rule(
        "discrimination_origin",
        rf"{_NOT}(?:{_PLACES})(?:省|市)?(?:人|籍|户口|户籍|的|$)|(?:{_PLACES})(?:人|籍)(?:勿扰|免谈|除外)"
        rf"|{_ONLY}(?:本市|城镇|非农业?)(?:人|籍|户口|户籍)",
        "招聘不得因地域、户籍歧视劳动者(就业促进法第三条、第三十一条)",
        "Recruitment may not turn people away for where they are from (Employment Promotion Act, articles 3 and 31)",
    ),
    _rule(
        "discrimination_carrier",
        r"(?:无|非|没有|不是|不招|不要|不收|拒收|排除|检测|检查|筛查|化验)\S{0,6}乙肝"
        r"|乙肝\S{0,6}(?:除外|勿扰|不招|不要|不收|阴性|检测|检查|筛查)",
        "不得以传染病病原携带者为由拒绝录用,不得要求乙肝检测(就业促进法第三十条)",
        "Carriers may not be turned away nor hepatitis B tests be asked for (Employment Promotion Act, article 30)",
        r"不(?:做|检|查|要求|需|用|得)\S{0,6}乙肝|无[需须]\S{0,6}乙肝|乙肝\S{0,6}不限|免\S{0,4}乙肝",
    ),
    _rule(
        "discrimination_disability",
        rf"{_NOT}残疾",
        "招聘不得歧视残疾人(就业促进法第二十九条)",
        "Recruitment may not discriminate against disabled people (Employment Promotion Act, article 29)",
    ),
    _rule(
        "discrimination_religion",
        rf"{_NOT}(?:信教|教徒|有?宗教信仰)",
        "招聘不得因宗教信仰歧视劳动者(就业促进法第三条)",
        "Recruitment may not discriminate by religious belief (Employment Promotion Act, article 3)",
    ),
    _rule(
        "deposit",
        r"押金|保证金|抵押金|风险金|(?:押|扣|扣押|抵押)身份证",
        "不得要求提供担保、收取押金或扣押证件(劳动合同法第九条)",
        "No deposit may be taken and no document kept (Labour Contract Act, article 9)",
        r"不(?:收|交|需|用|得|押|扣|要|会)|无[需须]|^\s*[无免零0]|免(?:收|交)?押|[无零0]\s*押金|没有|押金\s*[::]?\s*(?:无|0元?$)",
    ),
)

_ORDER = Text("最高工资不能低于最低工资", "The upper wage is below the lower")
_NO_WAGE = Text("工资应大于 0", "The wage should be more than nothing")
_PAST = Text("有效期已过,应不早于 {today}", "Already past: should not be before {today}")
_AGES = Text("最大年龄不能小于最小年龄", "The greatest age is below the least")
_FIVE = Text(
    "公益性岗位应写明职责、要求、薪酬、时长、在岗时间",
    "A public post needs duties, requirements, pay, hours and period",
)
_NUL = Text("含有无法保存的字符", "Holds a character that cannot be stored")
_NOT_FIVE = Text("只有公益性岗位填写此项", "Only a public post has this")


def faults(posting: PostingIn, today: date) -> list[FieldError]:
    """What is wrong with a posting that has the right form; pointers are relative to it."""
    return [*_between_fields(posting, today), *_in_texts(posting), *_unprintable(posting.model_dump(), "")]


def _between_fields(posting: PostingIn, today: date) -> Iterator[FieldError]:
    if posting.wage_from == 0:
        yield FieldError("/wage_from", _NO_WAGE, "greater_than")
    if posting.wage_to < posting.wage_from:
        yield FieldError("/wage_to", _ORDER, "wage_order")
    if posting.valid_through < today:
        yield FieldError("/valid_through", _PAST.format(today=today), "past")
    if posting.max_age is not None and posting.max_age < posting.min_age:
        yield FieldError("/max_age", _AGES, "age_order")
    if posting.kind == "public_post" and posting.public_post is None:
        yield FieldError("/public_post", _FIVE, "missing")
    if posting.kind != "public_post" and posting.public_post is not None:
        yield FieldError("/public_post", _NOT_FIVE, "not_public_post")


def _in_texts(posting: PostingIn) -> Iterator[FieldError]:
    for pointer, words in _texts(posting):
        for rule in _RULES:
            if _offends(rule, words):
                yield FieldError(pointer, rule.text, rule.code)


def _unprintable(value: Any, pointer: str) -> Iterator[FieldError]:
    """No text of the database holds the character NUL; found here, it refuses one item and not the whole request."""
    if isinstance(value, str) and "\0" in value:
        yield FieldError(pointer, _NUL, "unprintable")
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _unprintable(each, f"{pointer}/{name}")
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _unprintable(each, f"{pointer}/{number}")


def _texts(posting: PostingIn) -> Iterator[tuple[str, str]]:
    for name in ("title", "occupation", "hours", "requirements"):
        if words := getattr(posting, name):
            yield f"/{name}", words
    for number, word in enumerate(posting.skills):
        yield f"/skills/{number}", word
    if posting.public_post is not None:
        for name, words in posting.public_post.model_dump().items():
            yield f"/public_post/{name}", words


def _offends(rule: Rule, words: str) -> bool:
    return any(
        rule.wording.search(clause) and not (rule.unless and rule.unless.search(clause))
        for clause in _CLAUSES.findall(words)
    )
