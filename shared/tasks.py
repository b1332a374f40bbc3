"""Background work on the service's own database: procrastinate, enqueued in the caller's transaction.

`queue.defer(session, …)` puts the job's row into the business transaction, so it runs if and only if that commits. Jobs
may run more than once (a worker may die after the work and before the note of it): every task is idempotent.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import orjson
from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy, exceptions
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.logs import logger

log = logger(__name__)

Task = Callable[..., Awaitable[None]]

_DEFER = text(
    "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW('default', CAST(:task AS varchar), :priority, CAST(:lock AS text), "
    "CAST(:queueing_lock AS text), CAST(:args AS jsonb), CAST(:at AS timestamptz))::procrastinate_job_to_defer_v1])"
)
_STALLED_SECONDS = 30


class Queue:
    """One service's tasks: async functions of its runtime and of JSON arguments (ids, never names)."""

    def __init__(self, service: str) -> None:
        self.service = service
        self._app = App(connector=PsycopgConnector())
        self.names: list[str] = []

    def task(self, name: str, *, attempts: int = 10) -> Callable[[Task], Task]:
        """Register a task. It is tried again with growing pauses, at most `attempts` times."""

        def register(function: Task) -> Task:
            async def run(context: JobContext, /, **args: Any) -> None:
                await function(context.additional_context["runtime"], **args)

            full = f"{self.service}.{name}"
            retry = RetryStrategy(max_attempts=attempts, exponential_wait=2)
            self._app.task(name=full, pass_context=True, retry=retry)(run)
            self.names.append(full)
            return function

        return register

    async def defer(
        self,
        session: AsyncSession,
        name: str,
        *,
        lock: str | None = None,
        at: datetime | None = None,
        priority: int = 0,
        **args: Any,
    ) -> None:
        """Enqueue a job with the session's transaction. Jobs with the same `lock` run one after another."""
        full = f"{self.service}.{name}"
        if full not in self.names:
            raise ValueError(f"no task {full}")
        await session.execute(
            _DEFER,
            {
                "task": full,
                "priority": priority,
                "lock": lock,
                "queueing_lock": None,
                "args": orjson.dumps(args).decode(),
                "at": at,
            },
        )

    async def work(self, url: str, runtime: Any, *, concurrency: int = 4, wait: bool = True) -> None:
        """Run jobs until cancelled (or, with `wait=False`, until none is left)."""
        app = self._app.with_connector(PsycopgConnector(conninfo=url, max_size=concurrency + 3))
        async with app.open_async():
            sweeper = asyncio.create_task(_sweep_stalled(app)) if wait else None
            try:
                await app.run_worker_async(
                    concurrency=concurrency,
                    wait=wait,
                    fetch_job_polling_interval=1.0,
                    install_signal_handlers=False,
                    shutdown_graceful_timeout=20,
                    delete_jobs="successful",
                    additional_context={"runtime": runtime},
                )
            finally:
                if sweeper:
                    sweeper.cancel()


async def _sweep_stalled(app: App) -> None:
    """Give back the jobs of workers that died: procrastinate only names them."""
    while True:
        await asyncio.sleep(10)
        try:
            for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED_SECONDS):
                log.warning("stalled job retried", task=job.task_name, job=job.id)
                await app.job_manager.retry_job(job)
        except exceptions.ConnectorException:
            log.warning("stalled jobs could not be read")
