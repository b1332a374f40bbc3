"""Citizen identity numbers (公民身份号码, GB 11643-1999) of people who do not exist."""

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Literal

Sex = Literal["男", "女"]

# GB 11643: the weights are 2^(17-i) mod 11 of the 17 digits, the check characters those of ISO 7064 MOD 11-2.
_WEIGHTS = tuple(pow(2, 17 - index, 11) for index in range(17))
_CHECK = "10X98765432"


def check_character(body: str) -> str:
    """The eighteenth character that belongs to the first seventeen digits."""
    return _CHECK[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True)) % 11]


def completed(body: str) -> str:
    return body + check_character(body)


def numbers(rng: Random, county: str) -> Callable[[date, Sex], str]:
    """A maker of numbers of one county that gives none twice; the last digit of the sequence is odd for men."""
    given: set[str] = set()

    def number(birth: date, sex: Sex) -> str:
        while True:
            sequence = 2 * rng.randint(1, 499) - (sex == "男")
            made = completed(f"{county}{birth:%Y%m%d}{sequence:03d}")
            if made not in given:
                given.add(made)
                return made

    return number
