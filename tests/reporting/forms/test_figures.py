"""Exact integers into printed units: what is shown is exact, and the one rounding there is goes half up."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.forms.figures import LARGEST, SCALES, Printed
from services.reporting.indicators.model import Unit


@pytest.mark.rule("S003-F1")
@pytest.mark.parametrize(
    ("printed", "value", "shown"),
    [
        (Printed.TEN_THOUSAND_PERSONS, 0, "0.0000"),
        (Printed.TEN_THOUSAND_PERSONS, 1, "0.0001"),
        (Printed.TEN_THOUSAND_PERSONS, 10_000, "1.0000"),
        (Printed.TEN_THOUSAND_PERSONS, 156_400, "15.6400"),
        (Printed.PERSONS, 1, "1"),
        (Printed.TEN_THOUSAND_YUAN, 0, "0.0000"),
        (Printed.TEN_THOUSAND_YUAN, 49, "0.0000"),
        (Printed.TEN_THOUSAND_YUAN, 50, "0.0001"),
        (Printed.TEN_THOUSAND_YUAN, 149, "0.0001"),
        (Printed.TEN_THOUSAND_YUAN, 150, "0.0002"),
        (Printed.TEN_THOUSAND_YUAN, 250, "0.0003"),  # half up, not to the even digit
        (Printed.TEN_THOUSAND_YUAN, 5_000, "0.0050"),
        (Printed.TEN_THOUSAND_YUAN, 1_000_000, "1.0000"),
        (Printed.YUAN, 1, "0.01"),
        (Printed.YUAN, 5_000, "50.00"),
        (Printed.TEN_THOUSAND_YUAN, LARGEST, "1000000000.0000"),
        (Printed.YUAN, LARGEST, "9999999999999.99"),
    ],
)
def test_shown(printed: Printed, value: int, shown: str) -> None:
    assert str(SCALES[printed].show(value)) == shown


@given(st.sampled_from(list(Printed)), st.integers(0, LARGEST))
def test_a_figure_is_shown_exactly_or_to_half_a_yuan(printed: Printed, value: int) -> None:
    scale = SCALES[printed]
    lost = abs(scale.show(value) * scale.size - value)
    assert lost <= 50 if printed is Printed.TEN_THOUSAND_YUAN else lost == 0


@given(st.sampled_from(list(Printed)), st.integers(0, LARGEST))
def test_a_spreadsheets_double_reads_back_as_the_same_decimal(printed: Printed, value: int) -> None:
    scale = SCALES[printed]
    shown = scale.show(value)
    assert Decimal(f"{float(f'{shown:.16G}'):.{scale.decimals}f}") == shown


@pytest.mark.parametrize("value", [-1, LARGEST + 1])
def test_outside_a_cells_digits_is_refused(value: int) -> None:
    with pytest.raises(ValueError, match="a figure lies between"):
        SCALES[Printed.PERSONS].show(value)


def test_json_keeps_the_fen() -> None:
    assert (Unit.FEN.exact(149), Unit.PERSONS.exact(149)) == ("1.49", 149)
