"""Payees: registering accounts, showing them masked, and giving them whole to the payment file."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.subsidy.clients import registry
from services.subsidy.payees.errors import OwnerUnclear
from services.subsidy.payees.models import AccountOwner, Payee
from services.subsidy.payees.schemas import NewPayee, PayeeOut
from services.subsidy.sight import in_sight
from shared import audit, clock, ids, regions
from shared.auth import Principal
from shared.client import ServiceClient
from shared.crypto import Keyring
from shared.errors import NotFound


async def region_for(client: ServiceClient, caller: Principal, new: NewPayee) -> str:
    """The region a new payee belongs to. Asks the registry: call it before the transaction.

    Raises `OwnerUnclear`, and `NotFound` for a person outside the caller's region.
    """
    if caller.org is not None:
        if new.county_code is None or new.person_id is not None or new.kind != "own":
            raise OwnerUnclear
        return new.county_code
    if new.person_id is None or new.county_code is not None:
        raise OwnerUnclear
    person = await registry.person(client, new.person_id, caller.subject)
    if caller.region is None or not regions.contains(caller.region, person.region):
        raise NotFound
    return person.region


async def add(session: AsyncSession, keyring: Keyring, caller: Principal, new: NewPayee, region: str) -> Payee:
    payee_id = ids.new_id()
    payee = Payee(
        county_code=regions.county(region),
        id=payee_id,
        region=region,
        person_id=new.person_id,
        organisation_id=caller.org,
        kind=new.kind,
        holder=keyring.encrypt(new.holder.encode(), _context("holder", payee_id)),
        account=keyring.encrypt(new.account.encode(), _context("account", payee_id)),
        account_fingerprint=keyring.fingerprint(new.account, "account"),
        last4=new.account[-4:],
        bank=new.bank,
        made_by=caller.subject,
        made_at=clock.system_now(),
    )
    session.add(payee)
    owner = {"account_fingerprint": payee.account_fingerprint, "owner": caller.org or new.person_id}
    await session.execute(insert(AccountOwner).values(owner).on_conflict_do_nothing())
    await session.flush()
    await audit.record(session, "subsidy:payee:add", caller, payee_id, kind=new.kind)
    return payee


async def get(session: AsyncSession, caller: Principal, payee_id: UUID) -> Payee:
    """Raises `NotFound`."""
    statement = select(Payee).where(col(Payee.id) == payee_id, in_sight(Payee, caller))
    payee = (await session.execute(statement)).scalar_one_or_none()
    if payee is None:
        raise NotFound
    return payee


async def page(
    session: AsyncSession, caller: Principal, person_id: UUID | None, after: UUID | None, limit: int
) -> Sequence[Payee]:
    statement = select(Payee).where(in_sight(Payee, caller)).order_by(col(Payee.id)).limit(limit)
    if person_id is not None:
        statement = statement.where(col(Payee.person_id) == person_id)
    if after is not None:
        statement = statement.where(col(Payee.id) > after)
    return (await session.execute(statement)).scalars().all()


async def masked(session: AsyncSession, keyring: Keyring, payees: Sequence[Payee]) -> list[PayeeOut]:
    """As an answer shows them, with a flag on accounts that receive for several."""
    shared = await _shared(session, {payee.account_fingerprint for payee in payees})
    return [
        PayeeOut.model_validate(
            {
                **payee.model_dump(exclude={"holder", "account"}),
                "holder": _first_only(holder(keyring, payee)),
                "account": f"****{payee.last4}",
                "shared": payee.account_fingerprint in shared,
            }
        )
        for payee in payees
    ]


def holder(keyring: Keyring, payee: Payee) -> str:
    """The account's full name: for the payment file only, which is audited."""
    return keyring.decrypt(payee.holder, _context("holder", payee.id)).decode()


def account(keyring: Keyring, payee: Payee) -> str:
    """The full account number: for the payment file only, which is audited."""
    return keyring.decrypt(payee.account, _context("account", payee.id)).decode()


async def _shared(session: AsyncSession, fingerprints: set[bytes]) -> set[bytes]:
    fingerprint = col(AccountOwner.account_fingerprint)
    statement = select(fingerprint).where(fingerprint.in_(fingerprints)).group_by(fingerprint).having(func.count() > 1)
    return set(await session.scalars(statement))


def _first_only(name: str) -> str:
    return name[0] + "*" * (len(name) - 1)


def _context(field: str, payee_id: UUID) -> bytes:
    return f"payee.{field}:{payee_id}".encode()
