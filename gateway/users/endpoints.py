"""Managing accounts."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from gateway.permissions import UserAdmin, UserReader
from gateway.users import passwords, service
from gateway.users.errors import BeyondYourRights, UsernameTaken
from gateway.users.schemas import InitialPassword, UserIn, UserMade, UserOut, UserPage, UserPatch
from shared import pagination, regions
from shared.database import Session
from shared.errors import Invalid, NotFound, PreconditionRequired, StaleVersion, problems
from shared.idempotency import OptionalKey
from shared.regions import RegionCode
from shared.versions import ExpectedVersion, tag

router = APIRouter(prefix="/v1/users", tags=["users 用户"], responses=problems(NotFound))


@router.post("", status_code=201, responses=problems(BeyondYourRights, UsernameTaken, Invalid))
async def create_user(
    given: UserIn, response: Response, session: Session, caller: UserAdmin, once: OptionalKey
) -> UserMade:
    """Make an account; its first password is in the answer, once 新建用户."""
    password: str | None = None
    made = await once.claim(session, caller)
    if made is None:
        password = passwords.generate()
        account = await service.create(session, caller, given, await passwords.hashed(password))
        await once.done(session, account.id)
    else:
        account = await service.get(session, caller, UUID(made))
    tag(response, account.version)
    return UserMade(**UserOut.model_validate(account).model_dump(), initial_password=password)


@router.get("", responses=problems(Invalid))
async def list_users(
    request: Request,
    response: Response,
    session: Session,
    caller: UserReader,
    region: Annotated[RegionCode | None, Query()] = None,
    cursor: pagination.Cursor = None,
    limit: pagination.Limit = 50,
) -> UserPage:
    """Accounts of the own region and below, by username 用户列表."""
    pagination.refuse_unknown(request, "region")
    wanted = region or str(caller.region)
    if not regions.contains(str(caller.region), wanted):
        raise NotFound
    after = pagination.decode(cursor, 1)
    found = await service.page(session, wanted, after[0] if after else "", limit + 1)
    shown = found[:limit]
    pagination.link_next(request, response, pagination.encode(shown[-1].username) if len(found) > limit else None)
    return UserPage(items=[UserOut.model_validate(account) for account in shown])


@router.get("/{user_id}")
async def get_user(user_id: UUID, response: Response, session: Session, caller: UserReader) -> UserOut:
    """One account 查看用户."""
    account = await service.get(session, caller, user_id)
    tag(response, account.version)
    return UserOut.model_validate(account)


@router.patch("/{user_id}", responses=problems(BeyondYourRights, Invalid, StaleVersion, PreconditionRequired))
async def change_user(
    user_id: UUID, given: UserPatch, response: Response, session: Session, caller: UserAdmin, version: ExpectedVersion
) -> UserOut:
    """Change duties, department or title, or disable; sessions under the old rights end 修改用户."""
    account = await service.change(session, caller, user_id, version, given)
    tag(response, account.version)
    return UserOut.model_validate(account)


@router.post("/{user_id}/password-reset", responses=problems(BeyondYourRights))
async def reset_password(user_id: UUID, session: Session, caller: UserAdmin) -> InitialPassword:
    """Give the account a first password again; all its sessions end 重置密码."""
    password = passwords.generate()
    await service.reset_password(session, caller, user_id, await passwords.hashed(password))
    return InitialPassword(initial_password=password)
