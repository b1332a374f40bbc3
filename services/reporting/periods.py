"""Periods that figures are asked for: only such as have begun, by the business date in Beijing."""

from datetime import date

from shared import clock
from shared.errors import FieldError, Invalid, Text


class FuturePeriod(Invalid):
    code = "future-period"
    title = Text("该期间尚未开始,不能统计", "This period has not begun: there is nothing to count yet")


def require_begun(first_day: date, *parameters: str) -> None:
    """Raises `FuturePeriod`, pointing at the query parameters that name the period."""
    if first_day > clock.today():
        raise FuturePeriod(errors=[FieldError(f"/query/{name}", FuturePeriod.title, "future") for name in parameters])
