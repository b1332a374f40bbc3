"""Accounts: made and changed by admins, found by those who log in."""

from typing import Any
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.sessions import service as sessions
from gateway.users import queries, rules
from gateway.users.errors import BeyondYourRights, UsernameTaken
from gateway.users.models import Account
from gateway.users.schemas import UserIn, UserPatch
from shared import audit, clock, ids, regions
from shared.auth import Principal
from shared.errors import Invalid, NotFound, StaleVersion

_account: Any = Account


async def page(session: AsyncSession, region: str, after: str, limit: int) -> list[Account]:
    """Accounts of a region and below, by username."""
    low, high = regions.bounds(region)
    return list(await session.scalars(queries.PAGE, {"low": low, "high": high, "after": after, "limit": limit}))


async def get(session: AsyncSession, caller: Principal, account_id: UUID) -> Account:
    """Raises `NotFound`, also for an account outside the caller's region."""
    low, high = regions.bounds(str(caller.region))
    account: Account | None = await session.scalar(queries.BY_ID, {"id": account_id, "low": low, "high": high})
    if account is None:
        raise NotFound
    return account


async def create(
    session: AsyncSession, caller: Principal | None, given: UserIn, password_hash: str, *, password_given: bool = True
) -> Account:
    """Raises `NotFound` (a region outside the caller's), `BeyondYourRights`, `Invalid`, `UsernameTaken`.

    Without a caller it is the platform's own start that makes the account.
    """
    if caller is not None:
        if not regions.contains(str(caller.region), given.region):
            raise NotFound
        _require(rules.manages(caller, "", given.region, set(given.duties)))
    _check(given.region, given.department, set(given.duties))
    values = given.model_dump(mode="json") | {
        "id": ids.new_id(),
        "password_hash": password_hash,
        "password_given": password_given,
        "made_by": caller.subject if caller else "seed",
        "made_at": clock.system_now(),
    }
    try:
        async with session.begin_nested():
            account: Account | None = await session.scalar(
                insert(Account).values(**values, disabled=False, version=1).returning(_account)
            )
    except IntegrityError:
        raise UsernameTaken from None
    assert account is not None
    await audit.record(
        session, "gateway:user:create", caller, account.id, region=account.region, duties=list(given.duties)
    )
    return account


async def change(session: AsyncSession, caller: Principal, account_id: UUID, version: int, given: UserPatch) -> Account:
    """Raises as `create` does, and `StaleVersion`. Its sessions end unless only the title changed."""
    account = await get(session, caller, account_id)
    changes = given.model_dump(mode="json", exclude_none=True)
    duties = set(changes.get("duties", account.duties))
    _require(rules.manages(caller, str(account_id), account.region, duties | set(account.duties)))
    _check(account.region, changes.get("department", account.department), duties)
    changed = await _update(session, account_id, version, changes)
    if changes.keys() - {"title"}:
        await sessions.end_all(session, account_id)
    await audit.record(session, "gateway:user:change", caller, account_id, **changes)
    return changed


async def reset_password(session: AsyncSession, caller: Principal, account_id: UUID, password_hash: str) -> None:
    """Give an account a first password again, and end its sessions."""
    account = await get(session, caller, account_id)
    _require(rules.manages(caller, str(account_id), account.region, set(account.duties)))
    await _update(session, account_id, None, {"password_hash": password_hash, "password_given": True})
    await sessions.end_all(session, account_id)
    await audit.record(session, "gateway:user:reset-password", caller, account_id)


async def set_password(session: AsyncSession, account: Account, password_hash: str) -> bool:
    """The owner's own new password; it ends all sessions. False when the account was changed meanwhile."""
    try:
        await _update(session, account.id, account.version, {"password_hash": password_hash, "password_given": False})
    except StaleVersion:
        return False
    await sessions.end_all(session, account.id)
    return True


async def named(session: AsyncSession, username: str) -> Account | None:
    """For the login, in a session of the whole service: nobody has a region before."""
    account: Account | None = await session.scalar(queries.BY_USERNAME, {"username": username})
    return account


async def current(session: AsyncSession, account_id: UUID, *, locked: bool = False) -> Account | None:
    """The account as it is now, None when it is disabled; `locked`: it stays so until the transaction ends."""
    statement = queries.ANY_BY_ID.with_for_update(read=True) if locked else queries.ANY_BY_ID
    account: Account | None = await session.scalar(statement, {"id": account_id})
    return None if account is None or account.disabled else account


async def _update(session: AsyncSession, account_id: UUID, version: int | None, changes: dict[str, Any]) -> Account:
    statement = update(Account).where(_account.id == account_id)
    if version is not None:
        statement = statement.where(_account.version == version)
    changed: Account | None = await session.scalar(
        statement.values(**changes, version=_account.version + 1)
        .returning(_account)
        .execution_options(populate_existing=True, synchronize_session=False)
    )
    if changed is None:
        raise StaleVersion
    return changed


def _require(permitted: bool) -> None:
    if not permitted:
        raise BeyondYourRights(permission="gateway.user.write")


def _check(region: str, department: str, duties: set[str]) -> None:
    if faults := rules.faults(region, department, duties):
        raise Invalid(errors=faults)
