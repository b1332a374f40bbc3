"""Region codes: GB/T 2260 divisions and the two levels below (township, village).

A code has 2 digits for a province, 4 a city, 6 a county, 9 a township, 12 a village. One code contains another
when it is a prefix of it *at one of those lengths*: `21130` is nobody's region.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

PATTERN = r"^[1-9][0-9](?:[0-9]{2}(?:[0-9]{2}(?:[0-9]{3}(?:[0-9]{3})?)?)?)?$"


class Level(StrEnum):
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"


LENGTH = {Level.PROVINCE: 2, Level.CITY: 4, Level.COUNTY: 6, Level.TOWNSHIP: 9, Level.VILLAGE: 12}
LEVEL = {length: level for level, length in LENGTH.items()}


def is_code(code: str) -> bool:
    """ASCII digits at one of the five lengths, without a city `00`: `320000` is `32` written badly.

    A county `00` does occur: 441900 stands for 东莞市, which has townships but no counties.
    """
    return len(code) in LEVEL and code.isascii() and code.isdigit() and code[0] != "0" and code[2:4] != "00"


def level(code: str) -> Level:
    if not is_code(code):
        raise ValueError(f"not a region code: {code!r}")
    return LEVEL[len(code)]


def ancestors(code: str) -> list[str]:
    """The code's chain from province to itself: `530402` gives `53`, `5304`, `530402`."""
    return [code[:length] for length in LENGTH.values() if length <= len(code)]


def contains(outer: str, inner: str) -> bool:
    return len(outer) in LEVEL and len(inner) in LEVEL and inner.startswith(outer)


def county(code: str) -> str:
    """The six-digit county that a township, village or county code lies in."""
    if len(code) < LENGTH[Level.COUNTY]:
        raise ValueError(f"{code!r} is above the county level")
    return code[: LENGTH[Level.COUNTY]]


def parent(code: str) -> str | None:
    chain = ancestors(code)
    return chain[-2] if len(chain) > 1 else None


def bounds(code: str) -> tuple[str, str]:
    """Half-open range `[low, high)` under byte order (COLLATE "C") that holds exactly the codes below `code`."""
    return code, code + "~"


def _checked(code: str) -> str:
    if not is_code(code):
        raise PydanticCustomError(
            "region_code", "区划代码应为 2、4、6、9 或 12 位数字 (a region code has 2, 4, 6, 9 or 12 digits)"
        )
    return code


def _village(code: str) -> str:
    if len(_checked(code)) != LENGTH[Level.VILLAGE]:
        raise PydanticCustomError("village_code", "应为 12 位村级代码 (a village code has 12 digits)")
    return code


RegionCode = Annotated[
    str, AfterValidator(_checked), Field(pattern=PATTERN, examples=["532504"], description="区划代码 region code")
]
VillageCode = Annotated[
    str,
    AfterValidator(_village),
    Field(pattern="^[0-9]{12}$", examples=["532504106204"], description="行政村代码 village code"),
]
