"""Indicators as the API shows them."""

from pydantic import BaseModel, Field

from services.reporting.indicators.model import Kind, Unit


class WordsOut(BaseModel):
    """A text in Chinese and English."""

    zh: str
    en: str


class IndicatorOut(BaseModel):
    """What one indicator counts 指标定义."""

    code: str
    name: WordsOut
    definition: WordsOut
    unit: Unit = Field(description="persons 人;fen 分")
    kind: Kind = Field(description="stock 期末数;flow 当年累计数")
    document: str
    article: str
    rules: list[str]
    population: list[str] = Field(description="计入的户类型;资金指标为空 household bases counted; empty for money")
    source: str = Field(description="来源事件类型 the event type that is counted")


class Indicators(BaseModel):
    """All indicators 指标目录."""

    items: list[IndicatorOut]
