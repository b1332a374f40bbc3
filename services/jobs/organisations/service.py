"""Organisations: registering, filing (备案), suspending.

An officer anywhere may read them; only officers above the organisation's county, or of it, may change them.
"""

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.jobs.events import OrganisationEvent, OrganisationFacts
from services.jobs.organisations import queries, uscc
from services.jobs.organisations.errors import NotFiled, OrganisationExists, Suspended
from services.jobs.organisations.models import Organisation
from services.jobs.organisations.schemas import Filing, OrganisationIn, OrganisationOut, Remark
from services.jobs.statements import FIRST
from shared import audit, clock, feed, ids, regions, versions
from shared.auth import Principal
from shared.errors import FieldError, Forbidden, Invalid, NotFound, Text

_OUTSIDE = Text("只能办理本地区的机构", "Only organisations of your own region")
_NEEDS_REASON = Text("不予备案应说明理由", "A refusal needs its reason")
_WARNINGS = {
    "uscc_check": Text(
        "统一社会信用代码的校验位不符,请核对营业执照(早期代码可能如此)",
        "The code's check character does not fit: see the licence (codes of the first years may be so)",
    ),
    "no_uscc": Text("没有统一社会信用代码", "There is no social credit code"),
    "no_licence": Text("没有人力资源服务许可证号", "There is no HR service licence"),
}
ORGANISERS = frozenset({"agency", "village_committee", "broker"})
"""Whose placements are organised labour transfer (有组织劳务输出): Yunnan 2017-100, article 12."""


async def get(session: AsyncSession, organisation_id: UUID) -> Organisation:
    """Raises `NotFound`; another's organisation is not visible to an organisation."""
    found = (await session.execute(queries.BY_ID, {"id": organisation_id})).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


async def for_business(session: AsyncSession, organisation_id: UUID) -> Organisation:
    """The organisation, if it may post and report at present. Raises `NotFound`, `NotFiled`, `Suspended`."""
    return require_business(await get(session, organisation_id))


def require_business(organisation: Organisation) -> Organisation:
    """The organisation, if it may post and report at present. Raises `NotFiled`, `Suspended`."""
    if organisation.status != "active":
        raise Suspended
    if not organisation.filed:
        raise NotFiled
    return organisation


async def listed(
    session: AsyncSession, region: str, after: UUID | None, limit: int, **filters: Any
) -> Sequence[Organisation]:
    """Organisations of a region. Filters: kind, filed, status."""
    low, high = regions.bounds(region)
    values = {"kind": None, "filed": None, "status": None} | filters
    return (
        (
            await session.execute(
                queries.LIST, values | {"low": low, "high": high, "after": after or FIRST, "limit": limit}
            )
        )
        .scalars()
        .all()
    )


async def put(
    session: AsyncSession, caller: Principal, organisation_id: UUID, given: OrganisationIn, if_match: str | None
) -> tuple[Organisation, bool]:
    """Register or correct; the same content again changes nothing. Says whether it was made.

    A correction of kind, name or code takes the filing back: the county filed something else.
    """
    _require_own(caller, given.region)
    values = given.model_dump()
    made = await _insert(session, caller, organisation_id, values)
    if made is not None:
        return made, True
    found = await _locked(session, caller, organisation_id)
    if all(getattr(found, name) == value for name, value in values.items()):
        return found, False
    versions.require(if_match, found.version)
    if any(getattr(found, name) != values[name] for name in ("kind", "name", "uscc", "region")):
        _unfile(found)
    for name, value in values.items():
        setattr(found, name, value)
    await _changed(session, caller, found, "correct")
    return found, False


async def register(session: AsyncSession, caller: Principal, given: OrganisationIn) -> Organisation:
    made, _ = await put(session, caller, ids.new_id(), given, None)
    return made


async def file(session: AsyncSession, caller: Principal, organisation_id: UUID, filing: Filing) -> Organisation:
    """The county's decision; the same decision again changes nothing. Rules: S003-S1b"""
    found = await _locked(session, caller, organisation_id)
    if filing.decision == "refuse":
        if filing.reason is None:
            raise Invalid(errors=[FieldError("/reason", _NEEDS_REASON, "missing")])
        if found.refusal == filing.reason:
            return found
        _unfile(found)
        found.refusal = filing.reason
    elif found.filed:
        return found
    else:
        found.filed, found.filed_region, found.filed_on, found.refusal = True, found.region, clock.today(), None
    await _changed(session, caller, found, filing.decision)
    return found


async def set_status(
    session: AsyncSession,
    caller: Principal,
    organisation_id: UUID,
    status: Literal["active", "suspended"],
    reason: str | None = None,
) -> Organisation:
    """Suspend or resume. A suspended organisation's postings are not matched from this moment on."""
    found = await _locked(session, caller, organisation_id)
    if found.status == status:
        return found
    found.status, found.suspension = status, reason
    await _changed(session, caller, found, "suspend" if status == "suspended" else "resume")
    return found


async def states(session: AsyncSession, after: UUID | None, limit: int) -> Sequence[OrganisationEvent]:
    found = (await session.execute(queries.STATES, {"after": after or FIRST, "limit": limit})).scalars()
    return [_event(each) for each in found]


def shown(organisation: Organisation, language: str) -> OrganisationOut:
    fields = organisation.model_dump(exclude={"made_by", "made_at"})
    return OrganisationOut(**fields, warnings=_warnings(organisation, language))


def _warnings(organisation: Organisation, language: str) -> list[Remark]:
    found: list[Literal["uscc_check", "no_uscc", "no_licence"]] = []
    if organisation.uscc is not None and uscc.check_fails(organisation.uscc):
        found.append("uscc_check")
    if organisation.uscc is None and organisation.kind != "broker":
        found.append("no_uscc")
    if organisation.licence_no is None and organisation.kind == "agency":
        found.append("no_licence")
    return [Remark(code=code, detail=_WARNINGS[code].pick(language)) for code in found]


async def _insert(
    session: AsyncSession, caller: Principal, organisation_id: UUID, values: dict[str, Any]
) -> Organisation | None:
    """None when the id exists already; raises `OrganisationExists` for the code of another."""
    row = {"id": organisation_id, "version": 1, "filed": False, "status": "active", "made_by": caller.subject}
    statement = insert(Organisation).values(**row, **values).on_conflict_do_nothing().returning(col(Organisation.id))
    if await session.scalar(statement) is None:
        if (await session.execute(queries.BY_ID, {"id": organisation_id})).scalar_one_or_none() is None:
            raise OrganisationExists(errors=[FieldError("/uscc", OrganisationExists.title, "exists")])
        return None
    made = await get(session, organisation_id)
    await feed.emit(session, _event(made))
    await audit.record(session, "jobs:organisation:register", caller, made.id, kind=made.kind, county=made.region)
    return made


async def _locked(session: AsyncSession, caller: Principal, organisation_id: UUID) -> Organisation:
    """Raises `NotFound`, and `Forbidden` for one of another region, which every officer sees."""
    _require_own(caller, (await get(session, organisation_id)).region)
    return (await session.execute(queries.LOCKED, {"id": organisation_id})).scalar_one()


def _require_own(caller: Principal, region: str) -> None:
    if caller.region is None or not regions.contains(caller.region, region):
        raise Forbidden(_OUTSIDE)


def _unfile(organisation: Organisation) -> None:
    organisation.filed, organisation.filed_region, organisation.filed_on = False, None, None


async def _changed(session: AsyncSession, caller: Principal, organisation: Organisation, action: str) -> None:
    organisation.version += 1
    await session.flush()
    await feed.emit(session, _event(organisation))
    await audit.record(session, f"jobs:organisation:{action}", caller, organisation.id)


def _event(organisation: Organisation) -> OrganisationEvent:
    facts = OrganisationFacts.model_validate(organisation, from_attributes=True)
    return OrganisationEvent(
        subject=organisation.id,
        version=organisation.version,
        effective_on=clock.today(),
        county_code=organisation.region,
        region=organisation.region,
        after=facts,
    )
