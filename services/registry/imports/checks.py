"""What only the database, or the rest of the file, can say against a row."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.imports import layout
from services.registry.imports.annex2 import CellError, PersonRow
from services.registry.persons.errors import AlreadyRegistered, CategoryDiffers
from services.registry.regions import service as divisions
from services.registry.registration.form import sex_of
from services.registry.registration.service import Refusal
from shared import regions
from shared.errors import Text

OUTSIDE = Text("行政村不在本次导入的地区范围内", "The village lies outside the region of this import")
UNKNOWN = Text("行政村代码不存在", "There is no such village")
REPEATED = Text("证件号码与第 {row} 行重复", "The same ID number as in row {row}")
NO_BIRTH = Text("旧版永居证不含出生日期,请逐人登记", "An old foreign card tells no birth date: register one by one")
NO_SEX = Text("请填写性别", "State the sex")

_BY_REFUSAL = {
    Refusal.ALREADY_REGISTERED: CellError(layout.ID_NUMBER, AlreadyRegistered.title, "already_registered"),
    Refusal.CATEGORY_DIFFERS: CellError(layout.CATEGORY, CategoryDiffers.title, "category_differs"),
}


class Checker:
    """Checks rows against an import's region and the divisions, which it asks about once each."""

    def __init__(self, region: str) -> None:
        self._region = region
        self._villages: set[str] = set()
        self._asked: set[str] = set()

    async def learn(self, session: AsyncSession, villages: set[str]) -> None:
        """Ask which of the villages exist, before rows that name them are checked."""
        if new := villages - self._asked:
            self._villages |= set(await divisions.names(session, sorted(new)))
            self._asked |= new

    def check(self, row: PersonRow, *, repeats: int | None) -> tuple[CellError, ...]:
        """What stands against a row. `repeats` is the earlier row of the file with the same number."""
        errors = []
        if not regions.contains(self._region, row.village):
            errors.append(CellError(layout.VILLAGE, OUTSIDE, "outside_region"))
        elif row.village not in self._villages:
            errors.append(CellError(layout.VILLAGE, UNKNOWN, "unknown_village"))
        if repeats is not None:
            errors.append(CellError(layout.ID_NUMBER, REPEATED.format(row=repeats), "repeated_in_file"))
        if row.identity.birth is None:
            errors.append(CellError(layout.ID_NUMBER, NO_BIRTH, "no_birth_date"))
        if sex_of(row.sex, row.identity) is None:
            errors.append(CellError(layout.SEX, NO_SEX, "unknown_sex"))
        return tuple(errors)

    def refusal(self, reason: Refusal) -> tuple[CellError, ...]:
        return (_BY_REFUSAL[reason],)
