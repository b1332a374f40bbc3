"""Amounts are whole fen inside and decimal strings of yuan outside."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from shared.money import LARGEST, Fen, FenIn, format_yuan, parse_yuan

FEN: TypeAdapter[int] = TypeAdapter(Fen)
FEN_IN: TypeAdapter[int] = TypeAdapter(FenIn)


@pytest.mark.parametrize(
    ("text", "fen"),
    [("300", 30000), ("300.5", 30050), ("499.99", 49999), ("0.01", 1), ("-12.30", -1230), ("0", 0), ("007", 700)],
)
def test_yuan_is_read_exactly(text: str, fen: int) -> None:
    assert parse_yuan(text) == fen


@pytest.mark.parametrize("text", ["", "1.234", "1,000", "１２", "1e3", " 1", "+1", ".5", "1.", "1\n", "NaN", "9" * 14])
def test_what_is_not_an_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        parse_yuan(text)


@given(st.integers(-LARGEST + 1, LARGEST - 1))
def test_an_amount_survives_being_written_and_read(fen: int) -> None:
    assert parse_yuan(format_yuan(fen)) == fen
    assert FEN.validate_json(FEN.dump_json(fen)) == fen


@pytest.mark.parametrize("body", ["300", "300.0", "true", "null", '"300.001"', '"-0.01"', "[]"])
def test_a_request_states_money_as_a_string_that_is_not_negative(body: str) -> None:
    with pytest.raises(ValidationError):
        FEN_IN.validate_json(body)


def test_the_largest_amount_of_a_request_is_bounded() -> None:
    assert FEN_IN.validate_json('"9999999999999.99"') == LARGEST - 1


def test_json_shows_yuan_and_code_sees_fen() -> None:
    assert FEN.dump_python(30000) == 30000
    assert FEN.dump_json(30000) == b'"300.00"'
    assert FEN.dump_json(-5) == b'"-0.05"'
