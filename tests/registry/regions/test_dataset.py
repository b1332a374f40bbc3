"""The committed divisions: complete, connected, and read in the order that a load needs."""

import hashlib
import lzma
from functools import cache
from itertools import islice

import pytest

from services.registry.regions import dataset
from services.registry.regions.dataset import Division
from shared.regions import LENGTH, Level, is_code, parent
from tools.divisions.build import outline

PROVINCES = (
    *("11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43"),
    *("44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65"),
)


@cache
def names() -> dict[str, str]:
    """The whole country, in the order read."""
    return dict(dataset.read(PROVINCES))


def test_the_counts_are_those_of_the_publication() -> None:
    counted = dataset.counts()

    assert counted == {
        Level.PROVINCE: 31,
        Level.CITY: 342,
        Level.COUNTY: 2_978,
        Level.TOWNSHIP: 41_352,
        Level.VILLAGE: 620_573,
    }
    assert sum(counted.values()) == len(names()) == 665_276


def test_every_code_is_one_and_follows_its_parent() -> None:
    seen: set[str] = set()
    for code, name in names().items():
        assert is_code(code), code
        assert name.split() == [name], (code, name)
        above = parent(code)
        assert above is None or above in seen, code
        seen.add(code)


def test_codes_come_in_order_without_repetition() -> None:
    codes = [code for code, _ in dataset.read(["11", "46", "53"])]

    assert codes == sorted(set(codes))


@pytest.mark.parametrize("code", ["441900", "442000", "460400", "620201", "469001", "110101", "500229"])
def test_what_lacks_a_level_in_law_has_it_here(code: str) -> None:
    """东莞, 中山, 儋州, 嘉峪关; a county directly under its province; districts and a county of municipalities."""
    chain = [code[:2], code[:4], code]

    assert all(link in names() for link in chain)
    assert any(parent(other) == code for other in names() if len(other) == LENGTH[Level.TOWNSHIP])


def test_the_villages_of_mile_are_there() -> None:
    villages = [code for code in names() if code.startswith("532504") and len(code) == LENGTH[Level.VILLAGE]]

    assert names()["5325"] == "红河哈尼族彝族自治州"
    assert names()["532504"] == "弥勒市"
    assert names()["532504106"] == "巡检司镇"
    assert names()["532504106204"] == "己白村委会"
    assert len(villages) == 145


def test_only_the_named_provinces_are_read() -> None:
    read = list(dataset.read({"53", "46"}))

    assert read[0] == Division("46", "海南省")
    assert {code[:2] for code, _ in read} == {"46", "53"}
    assert sum(code.startswith("53") for code, _ in read) == 16_495
    assert list(dataset.read([])) == []


def test_reading_is_a_stream() -> None:
    assert list(islice(dataset.read(["11"]), 2)) == [Division("11", "北京市"), Division("1101", "市辖区")]


@pytest.mark.parametrize("code", ["5325", "", "5", "5x", "０１"])
def test_what_is_no_province_code_is_refused_at_once(code: str) -> None:
    with pytest.raises(ValueError, match="not a province code"):
        dataset.read([code])


def test_a_province_that_the_publication_leaves_out_is_refused() -> None:
    with pytest.raises(ValueError, match="71"):
        list(dataset.read(["46", "71"]))


def test_the_file_is_what_the_committed_script_makes_of_its_content() -> None:
    text = "".join(outline(Division(code, name) for code, name in names().items())).encode()

    assert text == lzma.decompress(dataset.FILE.read_bytes())
    assert hashlib.sha256(text).hexdigest() in dataset.FILE.with_name("README.md").read_text(encoding="utf-8")


def test_valid_from_the_cut_off_date() -> None:
    assert dataset.VALID_FROM.isoformat() == "2023-06-30"
    assert f"cut-off date {dataset.VALID_FROM}" in dataset.FILE.with_name("README.md").read_text(encoding="utf-8")
