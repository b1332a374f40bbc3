"""A filled form as the API shows it."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from shared.regions import Level, RegionCode


class TextOut(BaseModel):
    """A text in Chinese and English."""

    zh: str
    en: str


class DueOut(BaseModel):
    """Until when the form has to be sent 报送期限."""

    on: date = Field(description="最后一日,含当日,至北京时间24时 the last day, to 24:00 Beijing time")
    article: str
    quote: str
    rules: list[str]
    note: TextOut


class RowOut(BaseModel):
    """One place's figures: persons as integers, money as decimal strings of yuan."""

    region: RegionCode
    region_name: str
    values: dict[str, int | str]


class FormOut(BaseModel):
    """A quarterly form filled in: first the region itself, then each place directly below that has figures 季报表."""

    form: str
    title: str
    document: str
    region: RegionCode
    region_name: str
    level: Level
    year: int
    quarter: int
    filled_by: str
    reviewed_by: str
    phone: str
    restated: date | None
    population: TextOut
    due: DueOut
    freshness: dict[str, datetime] = Field(description="各变更流的数据截止时间 until when each feed has been read")
    rows: list[RowOut]


class Signatures(BaseModel):
    """Who signs the printed form. Names stand in the body, because addresses of requests are logged."""

    model_config = ConfigDict(extra="forbid")

    filled_by: str = Field(default="", max_length=50, description="填表人")
    reviewed_by: str = Field(default="", max_length=50, description="审核人")
    phone: str = Field(default="", max_length=30, description="联系电话")
