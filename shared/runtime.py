"""What one process of a service holds while it runs: its database, keys, files, trust and the other services."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

import httpx2
from fastapi import Depends, Request

from shared.auth import POLL_SECONDS, Trust
from shared.client import ClientToken, ServiceClient, http_client
from shared.crypto import Keyring
from shared.database import Database
from shared.files import FileStore
from shared.logs import logger
from shared.settings import SERVICES, DatabaseSettings, Settings

log = logger(__name__)


@dataclass
class Runtime:
    """Tests build one with their own trust and with transports that lead into other applications."""

    service: str
    settings: Settings
    database: Database
    keyring: Keyring
    files: FileStore
    trust: Trust
    clients: Mapping[str, ServiceClient] = field(default_factory=dict)
    gateway: httpx2.AsyncClient | None = None

    @classmethod
    def start(cls, service: str, *, calls_as_itself: bool = True) -> "Runtime":
        """From the environment. Raises for a missing setting, a wrong key file or a placeholder secret.

        One that does not call as itself (the gateway) has no client credentials, and passes its callers' tokens on.
        """
        settings = Settings()
        settings.start_clock()
        urls = DatabaseSettings.of(service)
        keyring = Keyring.load(settings.keys_file)
        gateway = http_client(settings.gateway_url) if calls_as_itself else None
        own = ClientToken(gateway, settings.service_client_id, settings.service_client_secret) if gateway else None
        return cls(
            service=service,
            settings=settings,
            database=Database(urls.database_url, urls.worker_url, pool_size=settings.pool_size),
            keyring=keyring,
            files=FileStore(settings.files_dir / service, keyring),
            trust=Trust(),
            clients={
                name: ServiceClient(name, http_client(settings.url_of(name)), own)
                for name in SERVICES
                if name != service
            },
            gateway=gateway,
        )

    async def keep_trust(self) -> None:
        """Poll the gateway's keys and revoked sessions for ever; `Trust` answers 503 after a minute without."""
        assert self.gateway is not None
        while True:
            try:
                jwks = await self.gateway.get("/.well-known/jwks.json")
                revoked = await self.gateway.get("/oauth/revocations")
                self.trust.refresh(jwks.raise_for_status().json(), revoked.raise_for_status().json()["sids"])
            except (httpx2.HTTPError, KeyError, ValueError) as error:
                log.warning("trust not refreshed", error=type(error).__name__)
            await asyncio.sleep(POLL_SECONDS if self.trust.loaded else 0.3)


async def _current(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


CurrentRuntime = Annotated[Runtime, Depends(_current)]
"""The process's runtime as a parameter of endpoints."""
