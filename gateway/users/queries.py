"""Statements on accounts, built once."""

from typing import Any

from sqlalchemy import bindparam, select

from gateway.users.models import Account

_account: Any = Account
_IN_REGION = (_account.region >= bindparam("low"), _account.region < bindparam("high"))

BY_ID = select(Account).where(_account.id == bindparam("id"), *_IN_REGION)
PAGE = (
    select(Account)
    .where(*_IN_REGION, _account.username > bindparam("after"))
    .order_by(_account.username)
    .limit(bindparam("limit"))
)
BY_USERNAME = select(Account).where(_account.username == bindparam("username"))
ANY_BY_ID = select(Account).where(_account.id == bindparam("id"))
