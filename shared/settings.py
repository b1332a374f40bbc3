"""Settings come from the environment, database URLs also from secret files. No secret has a default."""

import os
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared import clock

SERVICES = ("registry", "jobs", "subsidy", "reporting")


class Environment(StrEnum):
    DEVELOPMENT = "development"
    DEMO = "demo"
    TEST = "test"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """What every process of the platform reads. A service's database URLs are named after it (`REGISTRY_…`)."""

    model_config = SettingsConfigDict(env_prefix="BANGFU_", frozen=True, extra="ignore")

    environment: Environment = Environment.PRODUCTION
    host: str = "127.0.0.1"
    port: int = 8000
    gateway_url: str = "http://127.0.0.1:8000"
    registry_url: str = "http://127.0.0.1:8101"
    jobs_url: str = "http://127.0.0.1:8102"
    subsidy_url: str = "http://127.0.0.1:8103"
    reporting_url: str = "http://127.0.0.1:8104"
    keys_file: Path = Path("keys.json")
    files_dir: Path = Path("files")
    service_client_id: str = ""
    service_client_secret_file: Path | None = None
    business_time: datetime | None = None
    pool_size: int = Field(default=10, ge=1, le=100)
    feed_poll_seconds: float = Field(default=1.0, gt=0)
    trusted_proxies: tuple[str, ...] = ()

    @field_validator("business_time", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return value or None

    @model_validator(mode="after")
    def _production_time_runs(self) -> "Settings":
        if self.environment is Environment.PRODUCTION and self.business_time is not None:
            raise ValueError(
                "BANGFU_BUSINESS_TIME is refused in production: deadlines and policies follow the real day"
            )
        return self

    @cached_property
    def service_client_secret(self) -> str:
        if self.service_client_secret_file is None:
            raise ValueError("BANGFU_SERVICE_CLIENT_SECRET_FILE is not set")
        return self.service_client_secret_file.read_text().strip()

    def url_of(self, service: str) -> str:
        return str(getattr(self, f"{service}_url"))

    def start_clock(self) -> None:
        clock.hold(self.business_time)


class DatabaseSettings(BaseSettings):
    """The three ways into one service's database: requests, the worker, and migrations."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    database_url: str
    worker_url: str = ""
    migration_url: str = ""

    @classmethod
    def of(cls, service: str) -> "DatabaseSettings":
        return cls(_env_prefix=f"{service.upper()}_", _secrets_dir=_secrets_dir())


class MigrationSettings(BaseSettings):
    """The one URL that a migration needs."""

    migration_url: str

    @classmethod
    def of(cls, service: str) -> "MigrationSettings":
        return cls(_env_prefix=f"{service.upper()}_", _secrets_dir=_secrets_dir())


def _secrets_dir() -> str | None:
    """Where containers find their URLs: a file each, named like the variable."""
    return os.environ.get("BANGFU_SECRETS_DIR")
