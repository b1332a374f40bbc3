"""What can be wrong with a question for figures."""

from shared.errors import Invalid, Text


class NoSuchIndicator(Invalid):
    code = "no-such-indicator"
    title = Text("没有该指标,请先查看指标目录", "There is no such indicator: see the catalogue")
