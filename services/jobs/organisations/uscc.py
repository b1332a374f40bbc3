"""The unified social credit code 统一社会信用代码 (GB 32100-2015): 17 characters and a check character."""

import re

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(pow(3, position, 31) for position in range(17))

PATTERN = r"^[0-9ABCDEFGHJKLMNPQRTUWXY]{2}[0-9]{6}[0-9ABCDEFGHJKLMNPQRTUWXY]{10}$"
_FORM = re.compile(PATTERN, re.ASCII)


def check_character(body: str) -> str:
    """The eighteenth character that belongs to the first seventeen."""
    total = sum(weight * _ALPHABET.index(character) for weight, character in zip(_WEIGHTS, body, strict=True))
    return _ALPHABET[-total % 31]


def has_form(code: str) -> bool:
    return _FORM.fullmatch(code) is not None


def check_fails(code: str) -> bool:
    """Genuine codes from the first years fail the check, so this is a reason to ask for the licence, not to refuse."""
    return check_character(code[:17]) != code[17]
