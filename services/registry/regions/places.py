"""Where a written place lies: `上海市松江区`, `云南省红河州弥勒市` or `弥勒市` as a code of 2, 4 or 6 digits.

Levels may be left out and the usual short names are known (红河州 for 红河哈尼族彝族自治州). What fits two places
(朝阳区) fits none.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from services.registry.codes import tables
from services.registry.codes.writing import squeeze
from shared.regions import LENGTH, Level

_PROVINCE, _CITY, _COUNTY = (LENGTH[each] for each in (Level.PROVINCE, Level.CITY, Level.COUNTY))
_NO_PLACE = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})
_AUTONOMOUS = re.compile(r"(?P<people>.+)自治(?P<unit>[州县旗])")
_REGION_SUFFIX = re.compile(r"(?:壮族|回族|维吾尔)?自治区$|[省市]$")
_DIVISION_SUFFIX = ("县", "区", "市", "旗", "州", "盟", "省")
_SEPARATORS = re.compile(r"[\s,,、/·\-—>]+")


class _Match(NamedTuple):
    """A division that the beginning of the text names, and what is left of the text behind it."""

    code: str
    rest: str


class PlaceIndex:
    """The divisions down to counties by every name they go by. Build it once for many lookups."""

    def __init__(self, divisions: Iterable[tuple[str, str]]) -> None:
        self._codes: dict[str, list[str]] = {}
        for code, name in divisions:
            for alias in _aliases(code, name):
                self._codes.setdefault(alias, []).append(code)
        self._longest = max(map(len, self._codes), default=0)

    def find(self, place: str) -> str | None:
        """The code of a written place; None when it is unknown or ambiguous."""
        text = _SEPARATORS.sub("", squeeze(place)).removeprefix("中国")
        matches = [match for match in self._matches(text, "") if _acceptable(match)]
        if not matches:
            return None
        shortest = min(len(match.rest) for match in matches)
        codes = {match.code for match in matches if len(match.rest) == shortest}
        highest = min(map(len, codes))
        top = [code for code in codes if len(code) == highest]
        return top[0] if len(top) == 1 else None

    def _matches(self, text: str, inside: str) -> Iterator[_Match]:
        for length in range(1, min(self._longest, len(text)) + 1):
            for code in self._codes.get(text[:length], ()):
                if code.startswith(inside) and len(code) > len(inside):
                    rest = text[length:]
                    yield _Match(code, rest)
                    yield from self._matches(rest, code)


def _acceptable(match: _Match) -> bool:
    """Behind a county anything is an address; behind a city, unless it looks like a division that was not found."""
    if not match.rest or len(match.code) == _COUNTY:
        return True
    return len(match.code) == _CITY and not any(suffix in match.rest for suffix in _DIVISION_SUFFIX)


def _aliases(code: str, name: str) -> set[str]:
    if name in _NO_PLACE:
        return set()
    found = {name}
    if len(code) == _PROVINCE:
        found.add(_REGION_SUFFIX.sub("", name))
    elif len(code) == _CITY and name.endswith(("市", "地区", "盟")):
        found.add(re.sub("(?:市|地区|盟)$", "", name))
    if short := _without_peoples(name):
        found.add(short)
    return {alias for alias in found if len(alias) > 1}


def _without_peoples(name: str) -> str | None:
    """`红河州` for 红河哈尼族彝族自治州; None for a name that is nothing but peoples (鄂温克族自治旗)."""
    match = _AUTONOMOUS.fullmatch(name)
    if match is None:
        return None
    rest = match["people"]
    while people := next((each for each in _peoples() if rest.endswith(each)), None):
        rest = rest.removesuffix(people)
    return rest + match["unit"] if rest else None


@cache
def _peoples() -> tuple[str, ...]:
    """Names of the ethnic groups with and without 族, longest first."""
    words = {word for entry in tables.table("ethnicity").entries.values() for word in entry.words if len(word) > 1}
    return tuple(sorted(words | {"各族"}, key=len, reverse=True))
