"""Divisions: looking them up."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.regions import queries
from services.registry.regions.models import Division
from shared.errors import NotFound


async def get(session: AsyncSession, code: str) -> Division:
    """Raises `NotFound`."""
    division = (await session.execute(queries.BY_CODE, {"code": code})).scalar_one_or_none()
    if division is None:
        raise NotFound
    return division
