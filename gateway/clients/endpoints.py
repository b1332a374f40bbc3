"""Managing clients."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response

from gateway.clients import jobs, service
from gateway.clients.errors import NotFiledByYou, TwoSecretsLive, WrongLevel
from gateway.clients.schemas import (
    ClientDetail,
    ClientIn,
    ClientMade,
    ClientOut,
    ClientPage,
    ClientPatch,
    OrganisationClientIn,
    SecretMade,
    SecretOut,
)
from gateway.permissions import ClientAdmin, ClientReader
from shared import pagination
from shared.auth import Principal
from shared.database import Session
from shared.errors import Invalid, NotFound, PreconditionRequired, StaleVersion, problems
from shared.idempotency import OptionalKey
from shared.runtime import Runtime
from shared.versions import ExpectedVersion, tag

router = APIRouter(prefix="/v1/clients", tags=["clients 客户端"], responses=problems(NotFound))

ClientId = Annotated[str, Path(pattern=r"^[a-z0-9-]{3,60}$")]


@router.post("", status_code=201, responses=problems(NotFiledByYou, WrongLevel, Invalid))
async def create_client(
    given: ClientIn, request: Request, response: Response, session: Session, caller: ClientAdmin, once: OptionalKey
) -> ClientMade:
    """Make a client; its secret is in the answer, once 新建客户端."""
    runtime: Runtime = request.app.state.runtime
    service.require_level(caller, given.role)
    if isinstance(given, OrganisationClientIn):  # asked before the transaction writes
        await _require_filed(runtime, caller, given.organisation_id)
    secret: str | None = None
    made = await once.claim(session, caller)
    if made is None:
        client, secret = await service.create(session, runtime.keyring, caller, given)
        await once.done(session, client.id)
    else:
        client = await service.get(session, caller, made)
    tag(response, client.version)
    return ClientMade(**ClientOut.model_validate(client).model_dump(), client_secret=secret)


@router.get("", responses=problems(Invalid))
async def list_clients(
    request: Request,
    response: Response,
    session: Session,
    caller: ClientReader,
    cursor: pagination.Cursor = None,
    limit: pagination.Limit = 50,
) -> ClientPage:
    """Clients of the own region and below, by id 客户端列表."""
    pagination.refuse_unknown(request)
    after = pagination.decode(cursor, 1)
    found = await service.page(session, str(caller.region), after[0] if after else "", limit + 1)
    shown = found[:limit]
    pagination.link_next(request, response, pagination.encode(shown[-1].id) if len(found) > limit else None)
    return ClientPage(items=[ClientOut.model_validate(client) for client in shown])


@router.get("/{client_id}")
async def get_client(client_id: ClientId, response: Response, session: Session, caller: ClientReader) -> ClientDetail:
    """One client and its live secrets, without the secrets themselves 查看客户端."""
    client = await service.get(session, caller, client_id)
    live = await service.live_secrets(session, client.id)
    tag(response, client.version)
    return ClientDetail(
        **ClientOut.model_validate(client).model_dump(), secrets=[SecretOut.model_validate(one) for one in live]
    )


@router.patch("/{client_id}", responses=problems(WrongLevel, Invalid, StaleVersion, PreconditionRequired))
async def change_client(
    client_id: ClientId,
    given: ClientPatch,
    response: Response,
    session: Session,
    caller: ClientAdmin,
    version: ExpectedVersion,
) -> ClientOut:
    """Change name or scopes, or disable; tokens under the old rights end 修改客户端."""
    client = await service.change(session, caller, client_id, version, given)
    tag(response, client.version)
    return ClientOut.model_validate(client)


@router.post("/{client_id}/secrets", status_code=201, responses=problems(WrongLevel, TwoSecretsLive))
async def create_secret(client_id: ClientId, request: Request, session: Session, caller: ClientAdmin) -> SecretMade:
    """A second secret, to change over without a gap; shown this once 新增密钥."""
    runtime: Runtime = request.app.state.runtime
    row, secret = await service.new_secret(session, runtime.keyring, caller, client_id)
    return SecretMade(**SecretOut.model_validate(row).model_dump(), client_secret=secret)


@router.delete("/{client_id}/secrets/{secret_id}", status_code=204, responses=problems(WrongLevel))
async def delete_secret(client_id: ClientId, secret_id: UUID, session: Session, caller: ClientAdmin) -> None:
    """No further token is given for this secret 删除密钥."""
    await service.drop_secret(session, caller, client_id, secret_id)


async def _require_filed(runtime: Runtime, caller: Principal, organisation_id: UUID) -> None:
    filing = await jobs.filing(runtime.clients["jobs"], caller.token, organisation_id)
    if filing is None or not filing.filed or filing.filed_region != caller.region:
        raise NotFiledByYou(permission="gateway.client.write")
