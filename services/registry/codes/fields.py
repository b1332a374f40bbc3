"""Fields of request bodies that the code tables and the rules on names and numbers check."""

from collections.abc import Callable
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from services.registry.codes import tables
from services.registry.codes.faults import Fault

_LONGEST = 300


class Checked:
    """Annotates text that `parse` normalises; its Fault becomes the field's error."""

    def __init__(self, parse: Callable[[str], str], **schema: Any) -> None:
        self._parse, self._schema = parse, schema

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        text = core_schema.str_schema(max_length=_LONGEST)
        return core_schema.no_info_after_validator_function(self._check, text)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string"} | self._schema

    def _check(self, value: str) -> str:
        try:
            return self._parse(value)
        except Fault as fault:
            raise PydanticCustomError("value", "{zh} ({en})", {"zh": fault.text.zh, "en": fault.text.en}) from None


class Coded(Checked):
    """Annotates a code of a table, or one of its words, which becomes the code."""

    def __init__(self, key: str) -> None:
        table = tables.table(key)
        super().__init__(
            lambda word: tables.require(key, word),
            description=f"{table.title} ({table.source})",
            examples=[next(iter(table.entries))],
        )
