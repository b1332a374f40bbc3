"""The public keys for all who verify tokens."""

from typing import Any

from fastapi import APIRouter

from gateway.keys import service
from gateway.keys.schemas import Jwks
from shared.database import Session
from shared.permissions import Public

router = APIRouter(tags=["tokens 令牌"])


@router.get("/.well-known/jwks.json", response_model=Jwks)
async def jwks(session: Session, _: Public) -> dict[str, Any]:
    """Public keys of the tokens (JWKS) 令牌公钥."""
    return await service.jwks(session)
