"""Answers that are written as they stand, for what is read most often (`make bench-registry`).

FastAPI validates what an endpoint returns against its model and then serialises the model. For a page of rows that
the database has checked this takes longer than reading them. Such an endpoint names its model as `response_model`,
for the OpenAPI document, and returns a `Written`; a test holds the two together.
"""

from typing import Any

import orjson
from starlette.responses import Response


class Written(Response):
    """A document of JSON values, UUIDs and dates. Amounts are to be texts already."""

    media_type = "application/json"

    def __init__(self, document: dict[str, Any]) -> None:
        super().__init__(orjson.dumps(document, default=str))  # `default`: asyncpg's UUIDs are of a type of their own
