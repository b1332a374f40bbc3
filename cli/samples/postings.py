"""Postings of a filed agency in Mile, as its own program would send them: the body of `POST /jobs/v1/postings/bulk`.

    python -m cli.samples.postings OUT.json

writes the body and `OUT.manifest.json` beside it, which names the items that must be refused and the field at fault.
The places are real divisions, the employers are not real. The same seed gives the same bytes.
"""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Annotated, Any, NamedTuple

import typer

DAY = date(2018, 6, 28)
COUNT = 100
SEED = 532504
BULK = "postings.json"


class Place(NamedTuple):
    """Where the work is: its code, its name in titles, and a telephone area."""

    code: str
    name: str
    phone: str


class Trade(NamedTuple):
    """A kind of work, the wages (yuan a month) that are usual for it, and what it asks for."""

    title: str
    occupation: str
    wages: tuple[int, int]
    skills: tuple[str, ...]


class Sample(NamedTuple):
    """The items, and for those that are wrong on purpose the pointer of the error and its code."""

    items: list[dict[str, Any]]
    refused: dict[int, tuple[str, str]]


SHANGHAI = (Place("310115", "浦东", "021"), Place("310117", "松江", "021"), Place("310114", "嘉定", "021"))
GUANGDONG = (Place("440306", "宝安", "0755"), Place("441900", "东莞", "0769"), Place("440606", "顺德", "0757"))
MILE = (Place("532504", "弥勒", "0873"), Place("532504001", "弥阳", "0873"))
TOWNSHIPS = (Place("532504103", "虹溪", "0873"), Place("532504109", "西三", "0873"))

FACTORY = (
    Trade("电子装配工", "电子设备装配工", (4200, 6500), ()),
    Trade("焊工", "焊工", (5500, 8500), ("电焊",)),
    Trade("缝纫工", "缝纫工", (4000, 6500), ("缝纫",)),
    Trade("叉车司机", "叉车司机", (5000, 7500), ("叉车驾驶",)),
    Trade("物流分拣员", "物流服务员", (4300, 6000), ()),
)
TOWN = (
    Trade("餐厅服务员", "餐厅服务员", (2600, 3500), ()),
    Trade("葡萄园工人", "园艺工", (2400, 3600), ("果树修剪",)),
    Trade("保洁员", "保洁员", (2000, 2600), ()),
    Trade("中式烹调师", "中式烹调师", (3500, 5500), ("烹饪",)),
)
WORKSHOP = (
    Trade("刺绣加工", "手工艺品制作工", (1500, 2800), ("刺绣",)),
    Trade("服装加工", "缝纫工", (1800, 3200), ("缝纫",)),
    Trade("蔬菜分拣包装", "农产品加工工", (1600, 2600), ()),
)

# Of a hundred: far away in the east and the south, in the county town, and workshops near the villages.
_KINDS = (("unit", SHANGHAI, FACTORY, 30), ("unit", GUANGDONG, FACTORY, 30), ("unit", MILE, TOWN, 25),
          ("workshop", TOWNSHIPS, WORKSHOP, 15))  # fmt: skip

NAMES = ("安达", "百和", "昌盛", "德祥", "恒丰", "嘉利", "康兴", "隆裕", "瑞诚", "泰远")

Fault = Callable[[dict[str, Any]], tuple[str, str]]


def _no_wage(item: dict[str, Any]) -> tuple[str, str]:
    del item["wage_from"]
    return "/wage_from", "missing"


def _only_men(item: dict[str, Any]) -> tuple[str, str]:
    item["requirements"] = "限男性,能上夜班"
    return "/requirements", "discrimination_sex"


def _no_carriers(item: dict[str, Any]) -> tuple[str, str]:
    item["requirements"] = "体检合格,无乙肝"
    return "/requirements", "discrimination_carrier"


def _deposit(item: dict[str, Any]) -> tuple[str, str]:
    item["requirements"] = "入职交押金 300 元"
    return "/requirements", "deposit"


def _past(item: dict[str, Any]) -> tuple[str, str]:
    item["valid_through"] = (DAY - timedelta(days=1)).isoformat()
    return "/valid_through", "past"


FAULTS: tuple[Fault, ...] = (_no_wage, _only_men, _no_carriers, _deposit, _past)


def sample(count: int = COUNT, seed: int = SEED, day: date = DAY) -> Sample:
    """Postings with one of each fault among them, at places that the seed determines."""
    random = Random(seed)
    items = [_item(random, number, day) for number in range(count)]
    places = random.sample(range(count), k=min(count, len(FAULTS)))
    refused = {place: fault(items[place]) for place, fault in zip(places, FAULTS, strict=False)}
    return Sample(items, dict(sorted(refused.items())))


def _item(random: Random, number: int, day: date) -> dict[str, Any]:
    kind, places, trades, _ = random.choices(_KINDS, weights=[each[3] for each in _KINDS])[0]
    place, trade = random.choice(places), random.choice(trades)
    low = random.randrange(trade.wages[0], sum(trade.wages) // 2, 100)
    high = random.randrange(sum(trade.wages) // 2, trade.wages[1], 100)
    near = kind == "workshop"
    return {
        "external_id": f"XY-{day.year}-{number + 1:04d}",
        "kind": kind,
        "title": f"{place.name}{trade.title}",
        "occupation": trade.occupation,
        "employer_name": f"{place.name}样例{random.choice(NAMES)}{'帮扶车间' if near else '有限公司'}",
        "work_region": place.code,
        "headcount": random.randrange(2, 8) if near else random.randrange(3, 40),
        "wage_from": f"{low}.00",
        "wage_to": f"{high}.00",
        "wage_unit": "month",
        "hours": "每天 6 小时,时间灵活" if near else "每天 8 小时,每周休息一天",
        "contract": "service" if near else "labor",
        "insurance": ["accident"] if near else ["injury", "medical", "pension", "unemployment"],
        "board": not near and random.random() < 0.6,
        "lodging": not near and random.random() < 0.7,
        "requirements": random.choice(("身体健康,男女不限", "服从安排,不收押金", "有经验者优先")),
        "min_age": 18,
        "max_age": random.choice((None, 60)) if near else random.choice((None, 50, 55)),
        "skills": list(trade.skills),
        "capacities": ["skilled", "normal", "weak", "half"] if near else ["skilled", "normal"],
        "valid_through": (day + timedelta(days=random.randrange(30, 180))).isoformat(),
        "contact_phone": f"{place.phone}-1000{number:04d}",
    }


def write(out: Path, count: int = COUNT, seed: int = SEED) -> Sample:
    """Write the body of the bulk request, and beside it what must become of it."""
    made = sample(count, seed)
    out.write_text(json.dumps({"items": made.items}, ensure_ascii=False, indent=1), encoding="utf-8")
    refused = [{"index": n, "pointer": f"/items/{n}{where}", "code": code} for n, (where, code) in made.refused.items()]
    manifest = {"items": count, "accepted": count - len(refused), "refused": refused}
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    out.with_suffix(".manifest.json").write_text(text + "\n", encoding="utf-8")
    return made


def main(
    out: Annotated[Path, typer.Argument(help="file to write")] = Path(BULK),
    count: Annotated[int, typer.Option(min=1, max=1000)] = COUNT,
    seed: int = SEED,
) -> None:
    """Write sample postings for the bulk endpoint."""
    made = write(out, count, seed)
    print(f"{out}: {len(made.items)} postings, {len(made.refused)} to be refused")


if __name__ == "__main__":
    typer.run(main)
