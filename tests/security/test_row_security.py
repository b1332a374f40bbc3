"""Row-level security by itself: no WHERE, no application, only the role of requests and a scope.

After a season each table is read as a superuser, and what a scope should show is computed here from the rows. A table
that names a region or an organisation and has no policy fails unless it stands in `UNBOUND` with a reason.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql

from shared.database import Scope
from tests.fixtures import tokens
from tests.fixtures.postgres import ServiceDatabases
from tests.fixtures.scenario import ELSEWHERE, HOME, Season
from tests.security.declared import APPLICATIONS

pytestmark = pytest.mark.anyio

QUEUE = "the queue: arguments are ids"
KEYS = "a key table: keyed hashes and ids, unique over the whole province on purpose"
INTERNAL = "the mechanism's own; requests may at most add to it, and it holds nothing personal"
REFERENCE = "reference data, the same for everybody"
UNBOUND = {
    "alembic_version": INTERNAL, "outbox": INTERNAL, "feed_cursor": INTERNAL, "feed_parked": INTERNAL,
    "idempotency_key": "HMAC of the body, never the body", "audit_seal": INTERNAL,
    "audit_entry": "written for every region, a refusal's too; read by nobody through the API",
    "division": REFERENCE, "division_type": REFERENCE, "division_succession": REFERENCE, "region_load": REFERENCE,
    "person_key": KEYS, "placement_key": KEYS, "limit_key": KEYS, "account_owner": KEYS, "open_hire": KEYS,
    "projection_gone": "ids of subjects that are gone; requests have no right to it",
    "client_secret": "keyed hashes, found by the id of a client that one may see",
    "login_session": "generations of refresh tokens by id", "login_attempt": "keyed hashes of names",
    "revocation": "ids of sessions, published to all services", "signing_key": "public keys; requests see no other",
}  # fmt: skip

REGION_COLUMNS = {"region", "work_region", "verifying_region", "county_code"}
ORG_COLUMNS = {"organisation_id", "org"}
PLACES = {
    "own village": HOME,
    "own township": tokens.TOWNSHIP,
    "own county": tokens.COUNTY,
    "own city": tokens.CITY,
    "own province": tokens.PROVINCE,
    "sibling village": ELSEWHERE[0],
    "sibling township": ELSEWHERE[1][:9],
    "neighbour county": ELSEWHERE[2][:6],
    "county that shares five digits": "532505",
    "village that shares eleven digits": HOME[:-1] + "9",
    "far province": "31",
    "work place": "310115",
}

SEEN_BY_REGION: dict[str, tuple[str, ...]] = {
    "person": ("region", "work_region", "verifying_region"),
    "spell": ("region", "work_region"),
}
"""Tables that others than the managing chain see, by these columns."""
CHANGED_BY_REGION = SEEN_BY_REGION | {"person": ("region", "verifying_region")}
"""Tables that others than the managing chain change, to verify what is there."""
PUBLIC_TO_OFFICERS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "organisation": lambda row: True,
    "posting": lambda row: row["published_on"] is not None,
}
"""Rows that every officer sees: who employs and what is published."""
BY_COUNTY = {"fund", "ledger_entry", "ledger_posting", "ledger_balance", "payment_batch", "payment_result"}
"""Money belongs to a county; a township or village of it does not see it."""
HIDDEN = {"fact", "subject"}
"""What requests may not read at all: single contributions behind a figure."""


class Tables:
    """What one service's database holds, read as a superuser."""

    def __init__(self, databases: ServiceDatabases, service: str) -> None:
        self._databases, self.service = databases, service
        databases.url(service)
        with databases.admin(service) as admin:
            self.names = [
                str(name)
                for (name,) in admin.execute(
                    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
                )
                if not str(name).startswith("procrastinate_")
            ]
            found = admin.execute(
                "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class WHERE relkind IN ('r', 'p')"
            ).fetchall()
        self.secured = {str(name): (bool(enabled), bool(forced)) for name, enabled, forced in found}

    def columns(self, table: str) -> set[str]:
        with self._databases.admin(self.service) as admin:
            found = admin.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table]
            ).fetchall()
        return {str(name) for (name,) in found}

    def rows(self, table: str) -> list[dict[str, Any]]:
        with self._databases.admin(self.service) as admin, admin.cursor(row_factory=psycopg.rows.dict_row) as cursor:
            return cursor.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))).fetchall()

    def bound(self) -> list[str]:
        return [name for name in self.names if name not in UNBOUND]

    @contextmanager
    def as_app(self, region: str | None = None, org: UUID | None = None) -> Iterator[psycopg.Cursor[Any]]:
        """A transaction of the role of requests under a scope, rolled back at the end."""
        with psycopg.connect(self._databases.url(self.service)) as connection, connection.cursor() as cursor:
            if region is not None:
                cursor.execute(sql.SQL("SET LOCAL app.region = {}").format(sql.Literal(region)))
            if org is not None:
                cursor.execute(sql.SQL("SET LOCAL app.org = {}").format(sql.Literal(str(org))))
            yield cursor
            connection.rollback()


def _count(cursor: psycopg.Cursor[Any], table: str) -> int | None:
    """How many rows the cursor sees without any condition; None when it has no right to the table."""
    cursor.execute("SAVEPOINT here")
    try:
        return int(cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()[0])  # type: ignore[index]
    except psycopg.errors.InsufficientPrivilege:
        cursor.execute("ROLLBACK TO here")
        return None


def _within(code: Any, region: str) -> bool:
    return isinstance(code, str) and code.startswith(region)


def _seen(table: str, row: dict[str, Any], region: str) -> bool:
    if table in HIDDEN:
        return False
    if table in PUBLIC_TO_OFFICERS and PUBLIC_TO_OFFICERS[table](row):
        return True
    if table in BY_COUNTY:
        return _within(row["county_code"], region)
    return any(_within(row.get(column), region) for column in SEEN_BY_REGION.get(table, ("region",)))


def _owned(table: str, row: dict[str, Any], org: UUID) -> bool:
    if table in HIDDEN | {"client"}:  # clients are kept by officers, an organisation's by its county
        return False
    return org in [row.get(column) for column in (("id",) if table == "organisation" else ORG_COLUMNS)]


@pytest.fixture(params=APPLICATIONS)
def tables(request: pytest.FixtureRequest, databases: ServiceDatabases, season: Season) -> Tables:
    return Tables(databases, request.param)


async def test_every_table_is_protected_or_named_with_a_reason(tables: Tables) -> None:
    for table in tables.names:
        if table in UNBOUND:
            continue
        assert tables.secured[table] == (True, True), f"{table} needs row-level security, enabled and forced"


async def test_what_is_unbound_names_no_place_or_organisation(tables: Tables) -> None:
    """The reasons hold: a region or an organisation in an unbound table would be one's own."""
    for table in set(tables.names) & set(UNBOUND) - {"audit_entry", "open_hire"}:
        assert not tables.columns(table) & {"region", "organisation_id", "org"}, table


async def test_the_season_left_something_to_see(tables: Tables) -> None:
    """Counts of nothing would agree by themselves."""
    filled = {table for table in tables.bound() if tables.rows(table)}
    expected = {
        "registry": {"household", "person", "spell"},
        "jobs": {"organisation", "posting", "person_projection", "spell_projection", "placement", "follow_up"},
        "subsidy": {"claim", "claim_act", "claim_decision", "claim_evidence", "fund", "ledger_entry", "ledger_posting",
                    "payee", "payment_batch", "payment_line", "stored_file"},
        "reporting": {"increment"},
    }  # fmt: skip
    assert expected.get(tables.service, set()) <= filled


@pytest.mark.parametrize("place", PLACES)
async def test_a_region_sees_its_own_rows_and_no_others(tables: Tables, place: str) -> None:
    region = PLACES[place]
    with tables.as_app(region) as cursor:
        for table in tables.bound():
            seen = _count(cursor, table)
            expected = sum(_seen(table, row, region) for row in tables.rows(table))
            assert seen == expected or (seen is None and expected == 0), f"{place} {table}: {seen}, not {expected}"


async def test_an_organisation_sees_its_own_rows_and_no_others(tables: Tables, season: Season) -> None:
    for org in (season.ids["organisation_id"], uuid4()):
        with tables.as_app(org=org) as cursor:
            for table in tables.bound():
                seen = _count(cursor, table)
                expected = sum(_owned(table, row, org) for row in tables.rows(table))
                assert seen == expected or (seen is None and expected == 0), f"{table}: {seen}, not {expected}"


@pytest.mark.parametrize("region", [None, "", "%", "_", "~", "0", " "])
async def test_without_a_scope_or_with_none_that_is_one_there_is_nothing(tables: Tables, region: str | None) -> None:
    """The setting reverts to an empty text after a transaction; nor does a pattern match."""
    with tables.as_app(region) as cursor:
        for table in set(tables.bound()) - (set(PUBLIC_TO_OFFICERS) if region else set()):
            assert not _count(cursor, table), table


@pytest.mark.parametrize("region", ["5325041", "53250", "5", "53%", "'", "53' OR true --", "\uff15\uff13"])
def test_what_is_no_code_never_reaches_the_setting(region: str) -> None:
    """The policies compare ranges; that a scope ends at a boundary is held here, and by the token's claims before."""
    with pytest.raises(ValueError, match="region code"):
        Scope(region=region).statement()


async def test_a_scope_is_gone_with_its_transaction(tables: Tables, databases: ServiceDatabases) -> None:
    with psycopg.connect(databases.url(tables.service)) as connection:
        connection.execute("SET LOCAL app.region = '53'")
        connection.commit()
        (left,) = connection.execute("SELECT current_setting('app.region', true)").fetchone() or (None,)
        assert left == ""
        with connection.cursor() as cursor:
            assert not any(_count(cursor, table) for table in tables.bound())


@pytest.mark.parametrize("place", ["sibling village", "neighbour county", "far province"])
async def test_rows_of_others_are_neither_changed_nor_deleted(tables: Tables, place: str) -> None:
    region = PLACES[place]
    for table in tables.bound():
        key = "county_code" if table in BY_COUNTY else "region" if "region" in tables.columns(table) else "id"
        columns = CHANGED_BY_REGION.get(table, (key,))
        mine = sum(any(_within(row[column], region) for column in columns) for row in tables.rows(table))
        for statement in ("DELETE FROM {}", "UPDATE {} SET {column} = {column}"):
            with tables.as_app(region) as cursor:
                affected = _affected(cursor, statement, table, key)
            assert affected <= mine, f"{place} {statement} {table}: {affected} rows, {mine} are its own"


def _affected(cursor: psycopg.Cursor[Any], statement: str, table: str, key: str) -> int:
    query = sql.SQL(statement).format(sql.Identifier(table), column=sql.Identifier(key))
    try:
        return cursor.execute(query).rowcount
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ForeignKeyViolation):
        cursor.connection.rollback()
        return 0


@pytest.mark.parametrize("place", ["sibling village", "neighbour county"])
async def test_rows_for_others_are_not_written(tables: Tables, place: str) -> None:
    """A copy of a row of the village, offered under another's scope, is refused before any other constraint."""
    for table in tables.bound():
        rows = tables.rows(table)
        others = [row for row in rows if not _within(row.get("region", row.get("county_code")), PLACES[place])]
        if not others:
            continue
        row, name = others[0], sql.Identifier(table)
        given = sql.SQL("SELECT (json_populate_record(NULL::{}, %s::json)).*").format(name)
        query = sql.SQL("INSERT INTO {} OVERRIDING SYSTEM VALUE ").format(name) + given
        with tables.as_app(PLACES[place]) as cursor:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                cursor.execute(query, [_as_json(row)])
            cursor.connection.rollback()


def _as_json(row: dict[str, Any]) -> str:
    def plain(value: Any) -> Any:
        return "\\x" + value.hex() if isinstance(value, bytes) else str(value)

    return json.dumps(row, default=plain, ensure_ascii=False)
