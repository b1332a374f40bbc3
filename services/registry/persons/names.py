"""Names 姓名 and phones 联系方式 as they are kept.

A name is up to `MAX_NAME` characters of GB 18030 and no surname is assumed: 买买提·吐尔逊, 玉波罕 and a single
character are names. Rare characters count even where this Python's Unicode tables do not know them yet.
"""

import re
import unicodedata
from typing import NamedTuple

from services.registry.codes.faults import Fault
from services.registry.codes.writing import squeeze, visible
from shared.errors import Text

MAX_NAME = 100
DOT = "\u00b7"

_DOTS = dict.fromkeys(map(ord, "•‧・．･"), DOT)
_BETWEEN_WIDE = re.compile(r"(?<=[^\x00-\u024f]) +| +(?=[^\x00-\u024f])")
_COMMON = re.compile(f"[\u3400-\u9fff]{{1,{MAX_NAME}}}")
_PUNCTUATION = frozenset(f"{DOT} .-'’")
_MOBILE = re.compile(r"(?:(?:\+|00)?86)?(1[3-9][0-9]{9})")
_LANDLINE = re.compile(r"(0[0-9]{2,3})([2-9][0-9]{6,7})")
_WHOSE = re.compile(r"(?P<phone>[^()]*)\((?P<whose>[^()]{1,20})\)")

MISSING = Text("请填写姓名", "The name is missing")
TOO_LONG = Text(f"姓名超过 {MAX_NAME} 个字符", f"The name is longer than {MAX_NAME} characters")
CHARACTERS = Text(
    "姓名中有数字或符号,请按证件填写", "The name has digits or symbols: write it as it stands on the ID card"
)
PHONE = Text(
    "联系方式应为 11 位手机号或带区号的座机号;他人电话请注明关系,如 手机号(子)",
    "Give an 11-digit mobile or a landline with area code; for a relative's add the relation in brackets",
)


class Phone(NamedTuple):
    """A number, and the relation of its owner when it is not the person's own."""

    number: str
    whose: str | None


def normalise_name(text: str) -> str:
    """One dot (U+00B7), no spaces between wide characters (张 三), single ones in Latin names. Fault otherwise."""
    if _COMMON.fullmatch(text):
        return text
    name = " ".join(visible(text).translate(_DOTS).split())
    name = _BETWEEN_WIDE.sub("", name)
    name = re.sub(f" ?{DOT} ?", DOT, name)
    if not name:
        raise Fault("missing", MISSING)
    if len(name) > MAX_NAME:
        raise Fault("too_long", TOO_LONG)
    if not all(map(_in_names, name)) or not any(_is_letter(c) for c in name):
        raise Fault("characters", CHARACTERS)
    return name


def normalise_phone(text: str) -> Phone:
    """`13800001111`, `087312345678`, `13800001111(子)`; separators and the country code go. Fault otherwise."""
    written = squeeze(text)
    whose = None
    if marked := _WHOSE.fullmatch(written):
        written, whose = marked["phone"], marked["whose"]
    digits = written.replace("-", "").replace("—", "")
    if mobile := _MOBILE.fullmatch(digits):
        return Phone(mobile[1], whose)
    if _LANDLINE.fullmatch(digits):
        return Phone(digits, whose)
    raise Fault("phone", PHONE)


def _in_names(char: str) -> bool:
    return char in _PUNCTUATION or _is_letter(char) or unicodedata.category(char).startswith("M")


def _is_letter(char: str) -> bool:
    """Letters of any script, 〇, GB 18030's private-use ideographs, ideographs newer than the Unicode tables here."""
    category = unicodedata.category(char)
    return category[0] == "L" or category in {"Nl", "Co"} or (category == "Cn" and "\U00020000" <= char <= "\U0003ffff")
