"""A register full of people who do not exist, loaded by COPY: real villages, encrypted fields, households, spells."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from cli.samples import identity, names
from services.registry.persons import sealing, work
from services.registry.regions import dataset
from shared import ids, regions
from shared.crypto import Keyring

PROVINCE = "53"
VILLAGE_SIZE = 100
_HOUSEHOLD_SIZE = 4
_CHUNK = 5_000
_SEED = 530000
_TODAY = date(2018, 6, 28)
_VERIFIED = datetime(2018, 7, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
_FAR = ("31", "3101", "440300", "330100")

Row = dict[str, Any]
Numbers = Callable[[date, identity.Sex], str]


@dataclass(frozen=True, slots=True)
class Place:
    """A loaded person's id and village: what a request for them needs."""

    id: UUID
    region: str


def villages(people: int) -> list[str]:
    """As many villages as hold the people, evenly from all of the province's."""
    every = [division.code for division in dataset.read([PROVINCE]) if len(division.code) == 12]
    wanted = max(1, people // VILLAGE_SIZE)
    return [every[number * len(every) // wanted] for number in range(wanted)]


async def load(admin_url: str, keyring: Keyring, people: int) -> list[Place]:
    """Fill an empty register as its server's administrator: COPY is refused to those whom row-level security binds."""
    connection: Any = await asyncpg.connect(admin_url)  # type: ignore[no-untyped-call]
    try:
        places: list[Place] = []
        source = _people(keyring, villages(people))
        while chunk := list(islice(source, _CHUNK)):
            await _copy(connection, chunk)
            places += [Place(one.person["id"], one.person["region"]) for one in chunk]
        await connection.execute("VACUUM ANALYZE")
        return places
    finally:
        await connection.close()


@dataclass(frozen=True, slots=True)
class _Made:
    """The rows of one person; the household's with its first member."""

    household: Row | None
    person: Row
    spell: Row | None

    @property
    def key(self) -> Row:
        return {
            "id_hmac": self.person["id_hmac"],
            "person_id": self.person["id"],
            "county_code": self.person["county_code"],
        }


async def _copy(connection: Any, made: Sequence[_Made]) -> None:
    tables = {
        "household": [one.household for one in made if one.household],
        "person": [one.person for one in made],
        "person_key": [one.key for one in made],
        "spell": [one.spell for one in made if one.spell],
    }
    async with connection.transaction():
        for table, rows in tables.items():
            if rows:
                await connection.copy_records_to_table(
                    table, columns=list(rows[0]), records=[tuple(row.values()) for row in rows]
                )


def _people(keyring: Keyring, codes: Sequence[str]) -> Iterator[_Made]:
    rng = Random(_SEED)
    makers = {county: identity.numbers(rng, county) for county in {regions.county(code) for code in codes}}
    serial = 0
    for village in codes:
        numbers = makers[regions.county(village)]
        for number in range(VILLAGE_SIZE // _HOUSEHOLD_SIZE):
            household = _household(rng, village, number)
            for member in range(_HOUSEHOLD_SIZE):
                serial += 1
                person = _person(rng, keyring, numbers, household, member, serial)
                yield _Made(None if member else household, person, _spell(person))


def _household(rng: Random, village: str, number: int) -> Row:
    base = rng.choices(("poverty_alleviated", "ordinary"), weights=(40, 60))[0]
    return {
        "county_code": regions.county(village),
        "id": ids.new_id(),
        "region": village,
        "number": f"{number:05d}",
        "base": base,
        "monitoring": "unstable" if base == "poverty_alleviated" and rng.random() < 0.1 else None,
        "category_since": _TODAY,
        "version": 1,
    }


def _person(rng: Random, keyring: Keyring, numbers: Numbers, household: Row, member: int, serial: int) -> Row:
    person_id, village = ids.new_id(), household["region"]
    birth = date(rng.randint(1955, 2001), rng.randint(1, 12), rng.randint(1, 28))
    sex: identity.Sex = rng.choice(("男", "女"))
    ethnicity = rng.choices(list(names.ETHNICITIES), weights=list(names.ETHNICITIES.values()))[0]
    employed = rng.random() < 0.55
    work_region = _work_region(rng, village) if employed else None
    sealed = sealing.sealed_columns(
        keyring,
        person_id,
        name=names.name(rng, ethnicity, sex, names.surname(rng, ethnicity)),
        id_number=numbers(birth, sex),
        phone=f"138{serial:08d}",
    )
    verified = rng.random() < 0.9
    return {
        "county_code": household["county_code"],
        "id": person_id,
        "region": village,
        "household_id": household["id"],
        "base": household["base"],
        "monitoring": household["monitoring"],
        "kinship": ("02", "10", "20", "30")[member],
        "hukou_region": village,
        "id_type": "resident",
        **sealed,
        "sex": "male" if sex == "男" else "female",
        "birth": birth,
        "birth_year": birth.year,
        "ethnicity": f"{rng.randint(1, 20):02d}",
        "political_status": "13",
        "education": rng.choice(("70", "80", "60", "40")),
        "health": "1",
        "labor_capacity": "normal",
        "words": "{}",
        "mobility": work.default_mobility("normal", "1", _TODAY.year - birth.year),
        "mobility_set": False,
        "status": "employed" if employed else "unemployed",
        "initial_status": "unemployed",
        "present_spell": ids.new_id() if employed else None,
        "work_region": work_region,
        "transfer": work.transfer_of("unit", village, work_region),
        "intent_place": None if employed else "outside_county",
        "service_needs": [] if employed else ["1", "3"],
        "skills": [],
        "wish_wage_fen": None if employed else rng.randint(20, 60) * 10_000,
        "alive": True,
        "registered_on": _TODAY,
        "surveyor": "bench",
        "verifying_region": village,
        "verified_by": "checker" if verified else None,
        "verified_at": _VERIFIED if verified else None,
        "version": 1,
    }


def _work_region(rng: Random, village: str) -> str:
    return rng.choice((village, village[:9], village[:6], *_FAR))


def _spell(person: Row) -> Row | None:
    if person["present_spell"] is None:
        return None
    return {
        "county_code": person["county_code"],
        "id": person["present_spell"],
        "region": person["region"],
        "person_id": person["id"],
        "kind": "unit",
        "employer_name": "示例电子有限公司",
        "work_region": person["work_region"],
        "started_on": date(2018, 3, 1),
        "started": "day",
        "contract_signed": True,
        "contract_from": date(2018, 3, 1),
        "insured": True,
        "organised": False,
        "channel": "import",
        "transfer": person["transfer"],
        "recorded_by": "bench",
        "version": 1,
    }
