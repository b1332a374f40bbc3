"""One figure as the API shows it."""

from datetime import datetime

from pydantic import BaseModel, Field

from services.reporting.indicators.model import Kind, Unit
from shared.regions import RegionCode


class ValueOut(BaseModel):
    """One indicator's value for one region as of the end of one month 单项数值."""

    indicator: str
    region: RegionCode
    month: str
    kind: Kind
    unit: Unit
    value: int | str = Field(description="人数为整数;金额为元 persons as an integer, money as a decimal string of yuan")
    freshness: dict[str, datetime] = Field(description="各变更流的数据截止时间 until when each feed has been read")
