"""Identity documents 证件 and what their numbers say.

A number is compared and kept in one form (`normalise`): ASCII, upper case, without spaces. Four kinds are known:
the resident identity number (公民身份号码, GB 11643), the residence permit of Hong Kong, Macao and Taiwan residents
(港澳台居民居住证), the foreign permanent resident's card (外国人永久居留身份证) in its 18-digit form of 2023 and
its older one of three letters and twelve digits, and the disability card (残疾人证), which is not an identity of its
own: it begins with the resident number, and that is the person. Numbers of 15 digits are asked for anew, never
converted, for the century and the check digit in them would be guesses.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.registry.codes.faults import Fault
from services.registry.codes.writing import squeeze
from shared.errors import Text

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
EARLIEST_YEAR = 1900

# First two digits of GB/T 2260. The county behind them may long be abolished: the number stays as it was given.
PROVINCES = frozenset(
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71))
    for code in range(first, last + 1)
)
PERMIT_REGIONS = frozenset({"810000", "820000", "830000"})

_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]")
_FIFTEEN = re.compile(r"[0-9]{15}")
_OLD_FOREIGN = re.compile(r"[A-Z]{3}[0-9]{12}")
_DISABILITY = re.compile(r"(?P<number>[0-9]{17}[0-9X])(?P<kind>[1-7])(?P<grade>[1-4])[0-9A-Z]{0,2}")
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?E\+?[0-9]{2}")


class IdType(StrEnum):
    RESIDENT = "resident"
    """公民身份号码, GB 11643."""
    HMT_PERMIT = "hmt_permit"
    """港澳台居民居住证: 810000 Hong Kong, 820000 Macao, 830000 Taiwan."""
    FOREIGN_PERMANENT = "foreign_permanent"
    """外国人永久居留身份证."""


class Sex(StrEnum):
    """GB/T 2261.1."""

    MALE = "1"
    FEMALE = "2"


@dataclass(frozen=True, slots=True)
class Identity:
    """A number that holds. `birth` and `sex` are None only for the older foreign card, which does not tell them."""

    type: IdType
    number: str
    birth: date | None
    sex: Sex | None
    disability_kind: str | None = None
    disability_grade: str | None = None


class IdentityFault(Fault):
    """A number that cannot stand for a person; code and text say why."""


MISSING = ("missing", Text("请填写证件号码", "The ID number is missing"))
DIGITS_LOST = (
    "digits_lost",
    Text(
        "证件号码在表格中成了数字,末位已丢失;请把单元格改为文本格式,按证件重新填写",
        "The ID number was kept as a number and has lost digits: make the cell text and enter it again from the card",
    ),
)
FIFTEEN_DIGITS = (
    "fifteen_digits",
    Text(
        "15 位旧身份证号码不能换算,请按现行证件重新填写 18 位号码",
        "15-digit numbers are asked for anew, never converted: enter the 18 digits of the present card",
    ),
)
FORMAT = (
    "format",
    Text(
        "证件号码应为 18 位(居民身份证、居住证、永居证)、20 至 22 位(残疾人证)或 3 个字母加 12 位数字(旧版永居证)",
        "An ID number has 18 characters, 20–22 on a disability card, or 3 letters and 12 digits on an old foreign card",
    ),
)
REGION = ("region", Text("证件号码前几位不是有效的地区代码", "The number does not begin with a known region"))
BIRTH = ("birth", Text("证件号码中的出生日期不存在", "The birth date in the number does not exist"))
FUTURE = ("birth_future", Text("证件号码中的出生日期在今天之后", "The birth date in the number is in the future"))
CHECK = (
    "check_digit",
    Text("证件号码校验位不符,请与证件逐位核对", "The check digit does not fit: compare the number with the card"),
)
SEX_DIFFERS = Text("填写的性别与证件号码不一致,请核实", "The stated sex differs from the one in the ID number")


def normalise(text: str) -> str:
    """Full-width characters as ASCII, white space and invisible marks removed, upper case (`x` is `X`)."""
    return squeeze(text).upper()


def check_digit(first17: str) -> str:
    """The 18th character for 17 ASCII digits: ISO 7064 MOD 11-2 as GB 11643 uses it."""
    return CHECK_DIGITS[sum(int(digit) * weight for digit, weight in zip(first17, WEIGHTS, strict=True)) % 11]


def parse(text: str, today: date) -> Identity:
    """The identity behind what was written; IdentityFault when there is none. `today` bounds the birth date."""
    number = normalise(text)
    if _EIGHTEEN.fullmatch(number):
        return _parse_18(number, today)
    if card := _DISABILITY.fullmatch(number):
        holder = _parse_18(card["number"], today)
        return Identity(holder.type, holder.number, holder.birth, holder.sex, card["kind"], card["grade"])
    if _OLD_FOREIGN.fullmatch(number):
        return Identity(IdType.FOREIGN_PERMANENT, number, None, None)
    raise IdentityFault(*_why_not(number))


def sex_differs(identity: Identity, stated: str) -> bool:
    """Whether the stated sex (GB/T 2261.1) contradicts the number: a warning, for cards with a wrong digit exist."""
    return identity.sex is not None and stated in set(Sex) and stated != identity.sex


def age_on(birth: date, day: date) -> int:
    """Full years 周岁 on a day. Who is born on 29 February is a year older on 1 March of common years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def _parse_18(number: str, today: date) -> Identity:
    kind = _type_of(number)
    birth = _birth(number[6:14], today)
    if check_digit(number[:17]) != number[17]:
        raise IdentityFault(*CHECK)
    return Identity(kind, number, birth, Sex.MALE if int(number[16]) % 2 else Sex.FEMALE)


def _type_of(number: str) -> IdType:
    if number[:6] in PERMIT_REGIONS:
        return IdType.HMT_PERMIT
    if number[0] == "9" and number[1:3] in PROVINCES:
        return IdType.FOREIGN_PERMANENT
    if number[:2] in PROVINCES:
        return IdType.RESIDENT
    raise IdentityFault(*REGION)


def _birth(digits: str, today: date) -> date:
    try:
        birth = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise IdentityFault(*BIRTH) from None
    if birth.year < EARLIEST_YEAR:
        raise IdentityFault(*BIRTH)
    if birth > today:
        raise IdentityFault(*FUTURE)
    return birth


def _why_not(number: str) -> tuple[str, Text]:
    if not number:
        return MISSING
    if _FIFTEEN.fullmatch(number):
        return FIFTEEN_DIGITS
    if _SCIENTIFIC.fullmatch(number):
        return DIGITS_LOST
    return FORMAT
