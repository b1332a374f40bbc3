"""Statements on clients, built once."""

from typing import Any

from sqlalchemy import bindparam, or_, select

from gateway.clients.models import Client, ClientSecret

_client: Any = Client
_secret: Any = ClientSecret
_IN_REGION = (_client.region >= bindparam("low"), _client.region < bindparam("high"))
_LIVE = or_(_secret.expires_at.is_(None), _secret.expires_at > bindparam("now"))

BY_ID = select(Client).where(_client.id == bindparam("id"), *_IN_REGION)
PAGE = select(Client).where(*_IN_REGION, _client.id > bindparam("after")).order_by(_client.id).limit(bindparam("limit"))
LIVE_SECRETS = select(ClientSecret).where(_secret.client_id == bindparam("id"), _LIVE).order_by(_secret.made_at)
BY_SECRET = (
    select(Client)
    .join(ClientSecret, _secret.client_id == _client.id)
    .where(_client.id == bindparam("id"), _secret.secret_hmac == bindparam("hmac"), ~_client.disabled, _LIVE)
)
