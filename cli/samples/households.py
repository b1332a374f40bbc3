"""Households (家庭户) whose members' ages and relations fit each other.

Only people of 16 and more are listed, for the form is about laborers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from cli.samples.identity import Sex
from cli.samples.names import ETHNICITIES, surname

WORKING_AGE = 16
GREATEST_AGE = 90
LARGEST = 6


@dataclass(frozen=True)
class Member:
    """Age in years, with a fraction, on the day of the sample."""

    relation: str
    sex: Sex
    age: float
    ethnicity: str
    family: str
    """The surname, if the name has one."""


def sizes(rng: Random, people: int) -> Iterator[int]:
    """Sizes of households that add up to exactly that many people."""
    left = people
    while left:
        size = min(rng.choice((2, 3, 3, 4, 4, 4, 5, 5, 6)), left)
        if left - size == 1:  # nobody is left to live alone
            size += 1 if size < LARGEST else -1
        yield size
        left -= size


def household(rng: Random, size: int) -> list[Member]:
    """A head (户主) and `size - 1` relatives."""
    while True:
        members = _family(rng)
        if len(members) >= size:
            return members[:size]


def _family(rng: Random) -> list[Member]:
    sex: Sex = "男" if rng.random() < 0.85 else "女"
    head = _person(rng, "户主", sex, rng.uniform(24, 70), _ethnicity(rng))
    family = [head]
    mother_age = head.age
    if rng.random() < 0.9:
        spouse = _person(rng, "配偶", _other(sex), max(21.0, head.age + rng.uniform(-6, 4)), _married(rng, head))
        family.append(spouse)
        mother_age = min(head.age, spouse.age)
    descendants = _descendants(rng, head, mother_age)
    ascendants = _parents(rng, head)
    return family + (descendants + ascendants if rng.random() < 0.5 else ascendants + descendants)


def _descendants(rng: Random, head: Member, parent_age: float) -> list[Member]:
    """Children from the eldest on, some with a spouse who lives here and a grown child."""
    found: list[Member] = []
    age = parent_age - rng.uniform(20, 27)
    while age >= WORKING_AGE and len(found) < LARGEST:
        son = rng.random() < 0.55
        child = _person(rng, "之子" if son else "之女", "男" if son else "女", age, head.ethnicity, head.family)
        found.append(child)
        if age > 23 and rng.random() < 0.4:
            found += _in_law_and_grandchild(rng, child)
        age -= rng.uniform(1.5, 5)
    return found


def _in_law_and_grandchild(rng: Random, child: Member) -> list[Member]:
    relation = "之儿媳" if child.sex == "男" else "之女婿"
    in_law = _person(rng, relation, _other(child.sex), max(21.0, child.age + rng.uniform(-4, 3)), _married(rng, child))
    age = min(child.age, in_law.age) - rng.uniform(20, 24)
    if age < WORKING_AGE:
        return [in_law]
    boy = rng.random() < 0.5
    relation = ("之孙子" if boy else "之孙女") if child.sex == "男" else ("之外孙子" if boy else "之外孙女")
    family = child.family if child.sex == "男" else in_law.family
    return [in_law, _person(rng, relation, "男" if boy else "女", age, child.ethnicity, family)]


def _parents(rng: Random, head: Member) -> list[Member]:
    parents: list[tuple[str, Sex]] = [("之父", "男"), ("之母", "女")]
    found = []
    for relation, sex in parents:
        age = head.age + rng.uniform(20, 32)
        if age < GREATEST_AGE and rng.random() < 0.55:
            family = head.family if sex == "男" else None
            found.append(_person(rng, relation, sex, age, head.ethnicity, family))
    return found


def _person(rng: Random, relation: str, sex: Sex, age: float, ethnicity: str, family: str | None = None) -> Member:
    return Member(relation, sex, age, ethnicity, family or surname(rng, ethnicity))


def _ethnicity(rng: Random) -> str:
    return rng.choices(list(ETHNICITIES), weights=list(ETHNICITIES.values()))[0]


def _married(rng: Random, to: Member) -> str:
    return to.ethnicity if rng.random() < 0.8 else _ethnicity(rng)


def _other(sex: Sex) -> Sex:
    return "女" if sex == "男" else "男"
