"""Alembic for a service: the environment, the tables that all have, and row-level security by a few named helpers.

Each service's `migrations/env.py` calls `run(Base.metadata)`. Migrations run as the `_owner` role, which is given a
policy of its own on every protected table (otherwise a backfill under FORCE ROW LEVEL SECURITY silently updates
nothing). A migration takes an advisory lock and short lock timeouts; expand first, contract in a later release.
"""

from pathlib import Path

from alembic import command, context, op
from alembic.config import Config
from procrastinate.schema import SchemaManager
from sqlalchemy import MetaData, create_engine
from sqlalchemy.engine import make_url

from shared import tables

_LOCK = 0x62616E6766  # "bangf"

REGION = "nullif(current_setting('app.region', true), '')"
ORG = "nullif(current_setting('app.org', true), '')::uuid"


def in_region(column: str = "region") -> str:
    """The row lies in the caller's region. Only this range form uses the index under row-level security."""
    return f"{column} >= {REGION} AND {column} < {REGION} || '~'"


def own_org(column: str = "organisation_id") -> str:
    return f"{column} = {ORG}"


def any_caller() -> str:
    """Anyone with a scope; without one nothing is visible."""
    return f"({REGION} IS NOT NULL OR {ORG} IS NOT NULL)"


# --- running ---


def config(service_dir: Path, url: str) -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(service_dir / "migrations"))
    settings.attributes["url"] = url
    return settings


def upgrade(service_dir: Path, url: str, revision: str = "head") -> None:
    command.upgrade(config(service_dir, url), revision)


def run(service_metadata: MetaData) -> None:
    """What `migrations/env.py` does: migrate under an advisory lock, in one transaction."""
    engine = create_engine(make_url(context.config.attributes["url"]).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_lock({_LOCK})")
        connection.exec_driver_sql("SET lock_timeout = '10s'")
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=[service_metadata, tables.infrastructure],
            compare_type=True,
            compare_server_default=True,
            include_object=_is_ours,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


def _is_ours(_object: object, name: str | None, kind: str, _reflected: bool, _compared: object) -> bool:
    return not (kind == "table" and (name or "").startswith("procrastinate_"))


# --- roles and row-level security ---


def _role(kind: str) -> str:
    owner = op.get_bind().exec_driver_sql("SELECT current_user").scalar_one()
    return f'"{str(owner).removesuffix("_owner")}_{kind}"'


def grant(
    table: str, app: str = "SELECT, INSERT, UPDATE, DELETE", worker: str = "SELECT, INSERT, UPDATE, DELETE"
) -> None:
    if app:
        op.execute(f"GRANT {app} ON {table} TO {_role('app')}")
    if worker:
        op.execute(f"GRANT {worker} ON {table} TO {_role('worker')}")


def protect(table: str, *, read: str | list[str], write: str | list[str] | None = None) -> None:
    """Row-level security: who may read and who may write rows (SQL conditions; several are alternatives).

    Reading and writing are separate policies, so that what makes a row readable does not become a right to write it.
    `write=None` means that the `read` conditions hold for writing as well; `write=[]` that requests never write.
    """
    readers = [read] if isinstance(read, str) else read
    writers = readers if write is None else [write] if isinstance(write, str) else write
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    for kind in ("owner", "worker"):
        op.execute(f"CREATE POLICY {kind}_all ON {table} TO {_role(kind)} USING (true) WITH CHECK (true)")
    app = _role("app")
    for number, condition in enumerate(readers):
        op.execute(f"CREATE POLICY app_read_{number} ON {table} FOR SELECT TO {app} USING ({condition})")
    for number, condition in enumerate(writers):
        op.execute(f"CREATE POLICY app_insert_{number} ON {table} FOR INSERT TO {app} WITH CHECK ({condition})")
        op.execute(
            f"CREATE POLICY app_update_{number} ON {table} FOR UPDATE TO {app} "
            f"USING ({condition}) WITH CHECK ({condition})"
        )
        op.execute(f"CREATE POLICY app_delete_{number} ON {table} FOR DELETE TO {app} USING ({condition})")


def permit_update(table: str, name: str, condition: str) -> None:
    """Requests may also update rows for which this holds, before and after."""
    op.execute(
        f"CREATE POLICY {name} ON {table} FOR UPDATE TO {_role('app')} USING ({condition}) WITH CHECK ({condition})"
    )


# --- what all services have ---

_INFRASTRUCTURE_1 = """
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_outbox PRIMARY KEY,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    event_id uuid NOT NULL,
    type text NOT NULL,
    subject uuid NOT NULL,
    data jsonb NOT NULL,
    occurred_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_outbox_xid_id ON outbox (xid, id);

CREATE TABLE feed_cursor (
    source text CONSTRAINT pk_feed_cursor PRIMARY KEY,
    cursor text NOT NULL,
    snapshot_page text,
    moved_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN feed_cursor.snapshot_page IS 'next page of a snapshot under way; NULL when following changes';

CREATE TABLE feed_parked (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_feed_parked PRIMARY KEY,
    source text NOT NULL,
    event jsonb NOT NULL,
    reason text NOT NULL,
    parked_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN feed_parked.reason IS 'class of the error; texts may carry values';

CREATE TABLE idempotency_key (
    subject text NOT NULL,
    route text NOT NULL,
    key text NOT NULL,
    body_hmac bytea NOT NULL,
    status smallint NOT NULL,
    resource_id text,
    keep text NOT NULL CONSTRAINT ck_idempotency_key_keep CHECK (keep IN ('week', 'forever')),
    made_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_idempotency_key PRIMARY KEY (subject, route, key)
);

CREATE TABLE audit_entry (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_audit_entry PRIMARY KEY,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    at timestamptz NOT NULL,
    action text NOT NULL,
    actor text NOT NULL,
    role text NOT NULL,
    region text,
    subject text,
    purpose text,
    result text NOT NULL CONSTRAINT ck_audit_entry_result CHECK (result IN ('done', 'denied', 'failed')),
    request_id text,
    details jsonb NOT NULL
);
COMMENT ON COLUMN audit_entry.action IS 'source:subject:action';
COMMENT ON COLUMN audit_entry.subject IS 'id of what was acted on';
CREATE INDEX ix_audit_entry_xid_id ON audit_entry (xid, id);

CREATE TABLE audit_seal (
    position bigint CONSTRAINT pk_audit_seal PRIMARY KEY,
    entry_id bigint NOT NULL CONSTRAINT uq_audit_seal_entry_id UNIQUE,
    hash bytea NOT NULL
);
COMMENT ON COLUMN audit_seal.hash IS 'SHA-256 of the previous seal''s hash and the entry';

CREATE TABLE stored_file (
    id uuid CONSTRAINT pk_stored_file PRIMARY KEY,
    region text COLLATE "C",
    org uuid,
    kind text NOT NULL,
    media_type text NOT NULL,
    size integer NOT NULL,
    sha256 bytea NOT NULL,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now()
);
"""


def create_infrastructure() -> None:
    """First revision of every service: outbox, cursors, idempotency, audit, files and the job queue."""
    script(_INFRASTRUCTURE_1)
    script(SchemaManager.get_schema())
    grant("outbox", app="SELECT, INSERT")
    for table in ("feed_cursor", "feed_parked", "idempotency_key", "stored_file"):
        grant(table)
    grant("audit_entry", app="SELECT, INSERT", worker="SELECT, INSERT")
    grant("audit_seal", app="SELECT", worker="SELECT, INSERT")
    protect("stored_file", read=[in_region(), own_org("org")])
    queue = op.get_bind().exec_driver_sql(
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema AND starts_with(tablename, 'procrastinate_')"
    )
    for (table,) in queue.all():
        grant(table, app="SELECT, INSERT")
    for number in ("procrastinate_jobs_id_seq", "procrastinate_events_id_seq"):
        grant(f"SEQUENCE {number}", app="USAGE", worker="USAGE")


def script(sql: str) -> None:
    """Run a text of several statements as it stands."""
    op.get_bind().execution_options(no_parameters=True).exec_driver_sql(sql)
