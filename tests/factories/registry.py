"""Makers of the registry's test data: divisions, people with numbers that hold, and what officers send."""

from collections.abc import Iterator
from itertools import count
from typing import Any

from services.registry.persons.identity import check_digit
from services.registry.regions import loading
from services.registry.regions.dataset import Division
from shared.database import Database

DIVISIONS = (
    Division("53", "云南省"),
    Division("5303", "曲靖市"),
    Division("530302", "麒麟区"),
    Division("5325", "红河哈尼族彝族自治州"),
    Division("532503", "蒙自市"),
    Division("532503001", "文澜街道"),
    Division("532503001001", "示例社区居委会"),
    Division("532504", "弥勒市"),
    Division("532504100", "西一镇"),
    Division("532504100201", "第一村委会"),
    Division("532504100202", "第二村委会"),
    Division("532504101", "西二镇"),
    Division("532504101201", "第三村委会"),
    Division("31", "上海市"),
    Division("3101", "市辖区"),
    Division("310115", "浦东新区"),
    Division("310117", "松江区"),
    Division("44", "广东省"),
    Division("4419", "东莞市"),
)
"""Some real counties with made-up villages: enough for every rule, and loaded in a few milliseconds."""

_serials: Iterator[int] = count(1)


async def divisions(database: Database) -> None:
    """Load `DIVISIONS`; a second call changes nothing."""
    async with database.system_session() as session:
        await loading.upsert(session, DIVISIONS)


def id_number(birth: str = "19850607", *, male: bool = True, county: str = "532504") -> str:
    """A number of 18 digits that nobody has had in this run: a fixed place and birth, the next serial."""
    serial = next(_serials)
    first17 = f"{county}{birth}{serial % 100:02d}{1 if male else 2}"
    if serial >= 100:  # two digits of serial are few: let the day of birth carry the rest
        day = 1 + serial // 100 % 28
        first17 = f"{county}{birth[:6]}{day:02d}{serial % 100:02d}{1 if male else 2}"
    return first17 + check_digit(first17)


def person(region: str = "532504100201", **changes: Any) -> dict[str, Any]:
    """A body for `POST /registry/v1/persons`: unemployed, of a household of their own."""
    body = {
        "region": region,
        "household": {"number": f"H{next(_serials):05d}", "category": "ordinary"},
        "kinship": "02",
        "name": "张三",
        "id_number": id_number(),
        "sex": "1",
        "ethnicity": "07",
        "political_status": "13",
        "education": "70",
        "health": "1",
        "labor_capacity": "normal",
        "phone": "13800001111",
    }
    return body | changes


def spell(person_id: object, **changes: Any) -> dict[str, Any]:
    """A body for `PUT /registry/v1/spells/{placement_id}`: hired in Shanghai, still there."""
    body = {
        "person_id": str(person_id),
        "kind": "unit",
        "employer_name": "上海示例电子有限公司",
        "employer_uscc": None,
        "work_region": "310117",
        "started_on": "2018-03-01",
        "ended_on": None,
        "end_reason": None,
        "occupation": None,
        "monthly_wage": "4200.00",
        "contract_signed": True,
        "contract_from": "2018-03-01",
        "contract_to": "2019-02-28",
        "insured": True,
        "organised": True,
        "channel": "placement",
    }
    return body | changes
