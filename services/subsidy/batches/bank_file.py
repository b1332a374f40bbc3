"""The bank's file: the only place where names and accounts leave whole; the audit log knows before the answer leaves.

UTF-8 with a byte order mark. The first row carries batch, count and control sum; the second the columns.
"""

import csv
import io
from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from services.subsidy.batches import queries, service
from services.subsidy.batches.errors import NamesMissing
from services.subsidy.clients import registry
from services.subsidy.errors import WrongState
from services.subsidy.payees import service as payees
from services.subsidy.policy import load
from shared.auth import Principal
from shared.client import ServiceClient
from shared.crypto import Keyring
from shared.database import Database
from shared.money import format_yuan

COLUMNS = ("序号", "明细号", "户名", "账号", "开户行", "金额", "用途")


class Payment(NamedTuple):
    """One line to send. `person_id` is set when the account is the person's own: its name is the registry's."""

    number: int
    line_id: UUID
    person_id: UUID | None
    holder: str
    account: str
    bank: str
    amount_fen: int
    benefit: str


class Sending(NamedTuple):
    """What a file is made of."""

    batch_id: UUID
    payments: list[Payment]


async def read(database: Database, keyring: Keyring, caller: Principal, batch_id: UUID) -> Sending:
    """The approved batch with its accounts, in a transaction of its own: the registry is asked afterwards."""
    async with database.session() as session:
        batch = await service.get(session, caller, batch_id)
        if batch.status not in ("approved", "closed"):
            raise WrongState
        rows = await session.execute(queries.TO_SEND, {"county": batch.county_code, "batch": batch.id})
        payments = [
            Payment(
                number=line.number,
                line_id=line.id,
                person_id=payee.person_id if payee.kind == "own" else None,
                holder=payees.holder(keyring, payee),
                account=payees.account(keyring, payee),
                bank=payee.bank,
                amount_fen=line.amount_fen,
                benefit=benefit,
            )
            for line, payee, benefit in rows
        ]
    return Sending(batch_id, payments)


async def names(client: ServiceClient, caller: Principal, sending: Sending) -> Mapping[UUID, str]:
    """The registry's names of those who are paid on accounts of their own. Raises `NamesMissing`."""
    people = {payment.person_id for payment in sending.payments if payment.person_id}
    found = await registry.names_for_payment(client, people, caller.subject)
    missing = [payment.number for payment in sending.payments if payment.person_id and payment.person_id not in found]
    if missing:
        raise NamesMissing(lines=missing)
    return found


def render(sending: Sending, people: Mapping[UUID, str]) -> bytes:
    """The file's content: the same for the same batch, however often it is asked for."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    total = format_yuan(sum(payment.amount_fen for payment in sending.payments))
    writer.writerow(["批次号", sending.batch_id, "笔数", len(sending.payments), "合计金额", total])
    writer.writerow(COLUMNS)
    for payment in sending.payments:
        holder = people[payment.person_id] if payment.person_id else payment.holder
        amount, purpose = format_yuan(payment.amount_fen), _purpose(payment.benefit)
        writer.writerow([payment.number, payment.line_id, holder, payment.account, payment.bank, amount, purpose])
    return out.getvalue().encode("utf-8-sig")


def _purpose(benefit: str) -> str:
    return next(found.name.zh for pack in load.packs().all if (found := pack.benefit(benefit)))
