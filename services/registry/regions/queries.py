"""Statements on divisions, built once."""

from sqlalchemy import bindparam, select

from services.registry.regions.models import Division

BY_CODE = select(Division).where(Division.code == bindparam("code"))  # type: ignore[arg-type]
