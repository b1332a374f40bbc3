"""Ids are UUIDv7: they sort by time of making, and name no place."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    return uuid7()
