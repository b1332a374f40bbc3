"""Pydantic's validation errors in the two languages. Never contains the value that was sent."""

from collections.abc import Mapping
from typing import Any

from shared.errors import Text

_TEXTS = {
    "missing": Text("必填项缺失", "This field is required"),
    "extra_forbidden": Text("不认识的字段,请检查拼写", "Unknown field: check the spelling"),
    "string_type": Text("应为文本", "Should be text"),
    "string_too_short": Text("长度不能少于 {min_length} 个字符", "Should have at least {min_length} characters"),
    "string_too_long": Text("长度不能超过 {max_length} 个字符", "Should have at most {max_length} characters"),
    "string_pattern_mismatch": Text("格式不符合要求:{pattern}", "Does not match the required form: {pattern}"),
    "int_type": Text("应为整数", "Should be an integer"),
    "int_parsing": Text("应为整数", "Should be an integer"),
    "bool_type": Text("应为 true 或 false", "Should be true or false"),
    "bool_parsing": Text("应为 true 或 false", "Should be true or false"),
    "date_type": Text("应为日期,如 2018-06-28", "Should be a date such as 2018-06-28"),
    "date_parsing": Text("应为日期,如 2018-06-28", "Should be a date such as 2018-06-28"),
    "date_from_datetime_parsing": Text("应为日期,如 2018-06-28", "Should be a date such as 2018-06-28"),
    "uuid_parsing": Text("编号格式无效", "Not a valid id"),
    "uuid_type": Text("编号格式无效", "Not a valid id"),
    "enum": Text("可选值:{expected}", "Should be one of: {expected}"),
    "literal_error": Text("可选值:{expected}", "Should be one of: {expected}"),
    "greater_than": Text("应大于 {gt}", "Should be greater than {gt}"),
    "greater_than_equal": Text("不能小于 {ge}", "Should be at least {ge}"),
    "less_than": Text("应小于 {lt}", "Should be less than {lt}"),
    "less_than_equal": Text("不能大于 {le}", "Should be at most {le}"),
    "too_short": Text("至少需要 {min_length} 项", "Needs at least {min_length} items"),
    "too_long": Text("最多 {max_length} 项", "Takes at most {max_length} items"),
    "list_type": Text("应为列表", "Should be a list"),
    "json_invalid": Text("请求体不是有效的 JSON", "The body is not valid JSON"),
    "model_attributes_type": Text("应为 JSON 对象", "Should be a JSON object"),
    "model_type": Text("应为 JSON 对象", "Should be a JSON object"),
    "dict_type": Text("应为 JSON 对象", "Should be a JSON object"),
    "union_tag_not_found": Text("缺少类型字段", "The type field is missing"),
    "union_tag_invalid": Text("类型字段的值无效", "The type field has no known value"),
}
_OTHER = Text("值不符合要求", "The value does not meet the requirements")


class _Known(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


def text_of(error: Mapping[str, Any]) -> Text:
    """The text for one error. Our own validators raise PydanticCustomError with a message of "中文 (English)"."""
    known = _TEXTS.get(error["type"])
    context = _Known(error.get("ctx") or {})
    if known is not None:
        return Text(known.zh.format_map(context), known.en.format_map(context))
    message = str(error.get("msg", ""))
    if message.endswith(")") and " (" in message and not message.isascii():
        zh, _, en = message[:-1].partition(" (")
        return Text(zh, en[:1].upper() + en[1:])
    return _OTHER
