"""Reading what the bank sends: JSON, or CSV of the same content in UTF-8 or GB18030."""

import csv
import io
from typing import Any

import orjson
from pydantic import ValidationError

from services.subsidy.batches.schemas import ResultIn
from shared.errors import Invalid, Text, UnsupportedMedia
from shared.problem_handlers import invalid

HEADER = ("批次号", "笔数", "合计金额", "日期")
COLUMNS = ["明细号", "金额", "结果", "原因"]
_RESULTS = {"成功": "success", "失败": "failed", "退汇": "refunded"}


class Unreadable(Invalid):
    code = "result-unreadable"
    title = Text(
        "无法读取支付结果:首行应为 批次号,…,笔数,…,合计金额,…,日期,…,第二行为 明细号,金额,结果,原因",
        "The result cannot be read: see the first two rows of the format",
    )


def read(content: bytes, media_type: str) -> ResultIn:
    """Raises `Invalid` for content that is not a result, `UnsupportedMedia` for another type."""
    kind = media_type.partition(";")[0].strip().lower()
    try:
        if kind == "application/json":
            return ResultIn.model_validate_json(content)
        if kind == "text/csv":
            return ResultIn.model_validate_json(_json_of(_rows(content)))
    except ValidationError as error:
        raise invalid([dict(each) for each in error.errors(include_input=False)]) from None
    raise UnsupportedMedia(Text("应为 application/json 或 text/csv", "application/json or text/csv"))


def schema() -> dict[str, Any]:
    """The JSON form for the OpenAPI document, in one piece."""
    whole = ResultIn.model_json_schema()
    whole["properties"]["lines"]["items"] = whole.pop("$defs")["ResultLine"]
    return whole


def _rows(content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError:
            raise Unreadable from None
    try:
        return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), strict=True) if any(row)]
    except csv.Error:
        raise Unreadable from None


def _json_of(rows: list[list[str]]) -> bytes:
    if len(rows) < 2 or len(rows[0]) != 2 * len(HEADER) or tuple(rows[0][::2]) != HEADER or rows[1] != COLUMNS:
        raise Unreadable
    batch_id, count, total, settled_on = rows[0][1::2]
    lines: list[dict[str, Any]] = []
    for row in rows[2:]:
        if len(row) != len(COLUMNS):
            raise Unreadable
        line_id, amount, result, reason = row
        named = _RESULTS.get(result, result)
        lines.append({"line_id": line_id, "amount": amount, "result": named, "reason": reason or None})
    return orjson.dumps({"batch_id": batch_id, "count": count, "sum": total, "settled_on": settled_on, "lines": lines})
