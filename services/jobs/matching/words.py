"""The score in words, for the officer who explains it to a person."""

from services.jobs.matching.score import FULL, Score
from services.jobs.matching.weights import PARTS, Part
from services.jobs.people.models import Person
from services.jobs.postings.models import Posting
from shared.errors import Text
from shared.money import format_yuan

PART_NAMES: dict[Part, Text] = {
    "place": Text("工作地点", "place"),
    "wage": Text("工资", "wage"),
    "skills": Text("技能", "skills"),
    "capacity": Text("劳动能力", "labor capacity"),
    "security": Text("合同与社保", "contract and insurance"),
    "priority": Text("优先对象", "priority"),
}
TIERS = {
    "same_county": Text("在本县就业", "In the home county"),
    "same_city": Text("在本州市、县外", "In the home city, outside the county"),
    "same_province": Text("在本省、州市外", "In the home province, outside the city"),
    "elsewhere": Text("在省外", "Outside the province"),
}
MEASURES = {
    "far": Text("能外出可远行:推荐转移就业,落实交通补助", "Can go far: transfer, with the travel subsidy"),
    "near": Text(
        "能外出不能远行:推荐本地企业、帮扶车间,组织技能培训",
        "Can go out but not far: local employers and workshops, and training",
    ),
    "unable": Text("无法外出:公益性岗位安置", "Cannot go out: a public post"),
}
"""What Mile's plan does for each class. Rules: S004-W5, S004-W6, S004-W7"""
LIMITS = {
    "age": Text("年龄不符", "Age does not fit"),
    "capacity": Text("劳动能力不符", "Labor capacity does not fit"),
    "mobility": Text("超出外出能力", "Farther than the person can go"),
    "intent": Text("与就业意向地不符", "Not where the person wants to work"),
}


def reasons(person: Person, posting: Posting, found: Score, language: str) -> dict[Part, str]:
    """One sentence for each part of a score."""
    said: dict[Part, Text] = {
        "place": TIERS[found.tier],
        "wage": _wage(person, posting, found),
        "skills": _skills(posting, found),
        "capacity": Text(f"适合 {len(posting.capacities)} 类劳动能力", f"Suits {len(posting.capacities)} capacities"),
        "security": _security(posting),
        "priority": _priority(found),
    }
    return {part: said[part].pick(language) for part in PARTS}


def _wage(person: Person, posting: Posting, found: Score) -> Text:
    month = format_yuan(posting.monthly_fen)
    if person.wish_wage_fen is None:
        return Text(f"月工资最高约 {month} 元", f"Up to about {month} yuan a month")
    wish = format_yuan(person.wish_wage_fen)
    if found.parts["wage"] == FULL:
        return Text(
            f"月工资最高约 {month} 元,达到期望的 {wish} 元", f"Up to {month} yuan a month meets the wish of {wish}"
        )
    return Text(
        f"月工资最高约 {month} 元,低于期望的 {wish} 元", f"Up to {month} yuan a month, below the wish of {wish}"
    )


def _skills(posting: Posting, found: Score) -> Text:
    if not posting.skills:
        return Text("岗位不要求专门技能", "No particular skill is asked for")
    if not found.shared_skills:
        return Text("没有岗位要求的技能", "None of the skills asked for")
    return Text("具备技能:" + "、".join(found.shared_skills), "Has the skills: " + ", ".join(found.shared_skills))


def _security(posting: Posting) -> Text:
    contract = posting.contract == "labor"
    return Text(
        f"{'签订' if contract else '不签订'}劳动合同,{'参加' if posting.insurance else '不参加'}社会保险",
        f"{'With' if contract else 'Without'} a labor contract, {'with' if posting.insurance else 'without'} insurance",
    )


def _priority(found: Score) -> Text:
    if found.parts["priority"] == FULL:
        return Text("优先对象", "To be put first")
    return (
        Text("部分符合优先条件", "Partly to be put first") if found.parts["priority"] else Text("一般对象", "Ordinary")
    )
