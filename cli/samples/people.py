"""People of 弥勒市 (532504) on the person form of Yunnan 2017, annex 2, as a survey would bring them in.

    python -m cli.samples.people OUT.xlsx

writes the workbook and `manifest.json` beside it, which names the rows that are wrong on purpose. The villages are
real, the people are not. The same seed gives the same bytes.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import cycle
from math import ceil
from pathlib import Path
from random import Random
from typing import Annotated

import typer

from cli.samples import form
from cli.samples.faults import Flaw, spoil
from cli.samples.form import Row
from cli.samples.households import Member, household, sizes
from cli.samples.identity import numbers
from cli.samples.names import name
from services.registry.regions import dataset
from shared.regions import LENGTH, Level, ancestors, contains

COUNTY = "532504"
AS_OF = date(2018, 6, 28)
"""The day of the survey, which is the demo's business date."""

YEAR = 365.2425
EMPLOYABLE_FROM, WORKS_UNTIL = 18, 66
ABLE = ("技能劳动力", "普通劳动力", "弱劳动力或半劳动力")
HEALTH = ("健康", "长期慢性病", "患有大病", "残疾")
CATEGORIES = {"建档立卡贫困户": 62, "一般农户": 29, "脱贫不稳定户": 4, "边缘易致贫户": 3, "突发严重困难户": 2}
NEEDS = ("职业指导", "职业介绍", "技能培训", "权益维护")
EMPLOYERS = {
    "云南省红河州弥勒市": ("弥勒样例葡萄种植合作社", "弥勒样例建材厂", "弥勒样例酒店", "弥勒样例扶贫车间"),
    "云南省红河州蒙自市": ("蒙自样例电子厂", "蒙自样例果业公司"),
    "云南省昆明市官渡区": ("官渡样例物流公司", "官渡样例餐饮店"),
    "云南省玉溪市红塔区": ("红塔样例建筑公司",),
    "广东省深圳市宝安区": ("宝安样例电子有限公司", "宝安样例玩具厂"),
    "广东省东莞市": ("东莞样例制衣有限公司", "东莞样例鞋业有限公司"),
    "上海市松江区": ("松江样例电子有限公司", "松江样例物业公司"),
    "浙江省宁波市北仑区": ("北仑样例机械有限公司",),
}
_PLACE_WEIGHTS = (34, 6, 12, 5, 18, 10, 10, 5)


@dataclass(frozen=True)
class Sample:
    """The rows of the form; `bad` must be refused by an import, `odd` taken in with a warning."""

    seed: int
    rows: list[Row]
    bad: list[Flaw]
    odd: list[Flaw]


def people(seed: int = 20180628, count: int = 2000) -> Sample:
    """`count` people in households spread evenly over the villages, some thirty rows of them spoilt.

    Fewer than some 200 people have not enough of every sort to spoil: ValueError.
    """
    rng = Random(seed)
    number = numbers(rng, COUNTY)
    places = villages()
    rng.shuffle(places)
    rows: list[Row] = []
    for serial, (size, village) in enumerate(zip(sizes(rng, count), cycle(places), strict=False), start=1):
        category = rng.choices(list(CATEGORIES), weights=list(CATEGORIES.values()))[0]
        for member in household(rng, size):
            birth = AS_OF - timedelta(days=ceil(member.age * YEAR))  # rounded up: 16 years are 16 years
            own = _about(rng, member) | {"id_number": number(birth, member.sex), "phone": _phone(rng, len(rows))}
            rows.append(Row(**own, village=village, household=f"{COUNTY}{serial:010d}", category=category))
    rows.sort(key=lambda row: (row.village, row.household))  # stable: a household keeps its order
    bad, odd = spoil(rng, rows)
    return Sample(seed, rows, bad, odd)


def villages() -> list[str]:
    """Codes of the county's village and residents' committees, without the units that merely resemble one.

    The last three digits are 001-399 for committees, 400-599 for similar units (编制规则 of the codes).
    """
    divisions = dataset.read([ancestors(COUNTY)[0]])
    inside = [division.code for division in divisions if contains(COUNTY, division.code)]
    return [code for code in inside if len(code) == LENGTH[Level.VILLAGE] and int(code[-3:]) < 400]


def write(path: Path, sample: Sample) -> None:
    """The workbook at `path` and `manifest.json` beside it."""
    form.write(path, sample.rows, created=datetime(AS_OF.year, AS_OF.month, AS_OF.day))  # noqa: DTZ001 (local in Excel)
    manifest = {
        "workbook": path.name,
        "seed": sample.seed,
        "as_of": AS_OF.isoformat(),
        "first_row": form.FIRST_ROW,
        "rows": len(sample.rows),
        "bad": [flaw._asdict() for flaw in sample.bad],
        "odd": [flaw._asdict() for flaw in sample.odd],
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    path.with_name("manifest.json").write_text(text + "\n", encoding="utf-8")


def _about(rng: Random, member: Member) -> dict[str, str]:
    health = _health(rng, member.age)
    capacity = _capacity(rng, member.age, health)
    return {
        "name": name(rng, member.ethnicity, member.sex, member.family),
        "sex": member.sex,
        "ethnicity": member.ethnicity,
        "political_status": _political_status(rng, member.age),
        "education": _education(rng, member.age),
        "health": health,
        "labor_capacity": capacity,
        "relation": member.relation,
        **_work(rng, member.age, able=capacity in ABLE),
    }


def _phone(rng: Random, serial: int) -> str:
    """A number of a block that is plainly made up; some people have none."""
    return "" if rng.random() < 0.06 else f"1990000{serial % 10_000:04d}"


def _health(rng: Random, age: float) -> str:
    ill = min(0.06 + max(0.0, age - 30) / 100, 0.5)
    return rng.choices(HEALTH, weights=(1 - ill, ill * 0.6, ill * 0.15, ill * 0.25))[0]


def _capacity(rng: Random, age: float, health: str) -> str:
    if age >= 75 or (age >= 60 and rng.random() < 0.4):
        return rng.choice(("丧失劳动力", "无劳动力"))
    if health == "健康":
        return rng.choices(ABLE, weights=(0, 30, 70) if age >= 60 else (15, 80, 5))[0]
    return rng.choices(("普通劳动力", "弱劳动力或半劳动力", "丧失劳动力"), weights=(30, 55, 15))[0]


def _political_status(rng: Random, age: float) -> str:
    if age < 28:
        return rng.choices(("群众", "共青团员"), weights=(60, 40))[0]
    return rng.choices(("群众", "中共党员"), weights=(94, 6))[0]


def _education(rng: Random, age: float) -> str:
    if age >= 55:
        return rng.choices(("文盲或半文盲", "小学", "初中"), weights=(25, 60, 15))[0]
    if age >= 35:
        return rng.choices(("文盲或半文盲", "小学", "初中", "高中"), weights=(5, 45, 43, 7))[0]
    if age >= 21:
        return rng.choices(("小学", "初中", "高中", "中专", "大专", "本科"), weights=(12, 52, 12, 12, 8, 4))[0]
    return rng.choices(("初中", "高中", "中专"), weights=(60, 25, 15))[0]


def _work(rng: Random, age: float, *, able: bool) -> dict[str, str]:
    """Columns 是否已就业 to 服务需求. Who cannot work has neither work nor an intent."""
    blank = dict.fromkeys(("work_place", "employer", "employed_since", "intent", "needs"), "")
    if not able:
        return blank | {"employed": "否"}
    if EMPLOYABLE_FROM <= age < WORKS_UNTIL and rng.random() < 0.55:
        place = rng.choices(list(EMPLOYERS), weights=_PLACE_WEIGHTS)[0]
        since = _since(rng, age)
        return blank | {
            "employed": "是", "work_place": place, "employer": rng.choice(EMPLOYERS[place]), "employed_since": since,
        }  # fmt: skip
    needs = sorted(rng.sample(NEEDS, rng.choice((1, 1, 2, 3))), key=NEEDS.index)
    far = rng.random() < (0.6 if age < 45 else 0.3)
    return blank | {"employed": "否", "intent": "县外" if far else "县内", "needs": "、".join(needs)}


def _since(rng: Random, age: float) -> str:
    """A day of the last ten years, after the seventeenth birthday; half of them are known to the month only."""
    days = int(min(age - EMPLOYABLE_FROM + 1, 10) * YEAR)
    since = AS_OF - timedelta(days=rng.randint(1, days))
    return f"{since:%Y-%m}" if rng.random() < 0.5 else since.isoformat()


def main(
    out: Annotated[Path, typer.Argument(help="where to write the workbook, such as people.xlsx")],
    seed: int = 20180628,
    count: int = 2000,
) -> None:
    """Write a sample of people on the form of annex 2, and manifest.json beside it."""
    sample = people(seed, count)
    write(out, sample)
    print(f"{out}: {len(sample.rows)} people, {len(sample.bad)} bad rows, {len(sample.odd)} odd ones")


if __name__ == "__main__":
    typer.run(main)
