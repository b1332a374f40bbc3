"""Checks that the books hold: run it at any time, over everything the session sees."""

from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


class Fault(NamedTuple):
    """A rule of the books that does not hold, and for what (ids)."""

    rule: str
    subject: str


_CHECKS = {
    "each entry has two postings that sum to zero": """
        SELECT e.id FROM ledger_entry e
        LEFT JOIN ledger_posting p ON (p.county_code, p.entry_id) = (e.county_code, e.id)
        GROUP BY e.county_code, e.id HAVING count(p.entry_id) <> 2 OR coalesce(sum(p.amount_fen), 0) <> 0""",
    "a posting names the fund and claim of its entry": """
        SELECT e.id FROM ledger_entry e JOIN ledger_posting p ON (p.county_code, p.entry_id) = (e.county_code, e.id)
        WHERE p.fund_id <> e.fund_id OR p.claim_id IS DISTINCT FROM e.claim_id""",
    "each balance is the sum of its postings": """
        SELECT coalesce(b.fund_id, p.fund_id) || ' ' || coalesce(b.account, p.account) FROM ledger_balance b
        FULL JOIN (SELECT county_code, fund_id, account, sum(amount_fen) AS balance_fen FROM ledger_posting
                   GROUP BY county_code, fund_id, account) p
        ON (p.county_code, p.fund_id, p.account) = (b.county_code, b.fund_id, b.account)
        WHERE coalesce(b.balance_fen, 0) <> coalesce(p.balance_fen, 0) OR b.fund_id IS NULL""",
    "each fund's accounts sum to zero": """
        SELECT fund_id FROM ledger_balance GROUP BY county_code, fund_id HAVING sum(balance_fen) <> 0""",
    "what an account holds is what its claims stand for": """
        SELECT b.fund_id || ' ' || b.account FROM ledger_balance b
        LEFT JOIN claim c ON (c.county_code, c.fund_id, c.held_in) = (b.county_code, b.fund_id, b.account)
        WHERE b.account NOT IN ('source', 'appropriation')
        GROUP BY b.county_code, b.fund_id, b.account, b.balance_fen
        HAVING b.balance_fen <> coalesce(sum(c.amount_fen), 0)""",
    "each paid claim has exactly one paid posting of its amount, and no other claim has one": """
        SELECT coalesce(c.id, p.claim_id) FROM (SELECT * FROM claim WHERE status = 'paid') c
        FULL JOIN (SELECT * FROM ledger_posting WHERE account = 'paid') p
        ON (p.county_code, p.claim_id) = (c.county_code, c.id)
        GROUP BY c.id, p.claim_id
        HAVING count(c.id) <> 1 OR count(p.entry_id) <> 1 OR sum(p.amount_fen - c.amount_fen) <> 0""",
    "each paid claim has exactly one paid line, and no other claim has one": """
        SELECT coalesce(c.id, l.claim_id) FROM (SELECT * FROM claim WHERE status = 'paid') c
        FULL JOIN (SELECT * FROM payment_line WHERE state = 'paid') l
        ON (l.county_code, l.claim_id) = (c.county_code, c.id)
        GROUP BY c.id, l.claim_id
        HAVING count(c.id) <> 1 OR count(l.id) <> 1 OR sum(l.amount_fen - c.amount_fen) <> 0""",
    "a batch's count and sum are those of its lines": """
        SELECT b.id FROM payment_batch b
        LEFT JOIN payment_line l ON (l.county_code, l.batch_id) = (b.county_code, b.id) AND l.state <> 'stopped'
        GROUP BY b.county_code, b.id, b.count, b.sum_fen
        HAVING b.count <> count(l.id) OR b.sum_fen <> coalesce(sum(l.amount_fen), 0)""",
}


async def verify(session: AsyncSession) -> list[Fault]:
    """What does not hold; empty when the books are in order."""
    faults = []
    for rule, statement in _CHECKS.items():
        faults += [Fault(rule, str(subject)) for subject in await session.scalars(text(statement))]
    return faults
