from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.codes.faults import Fault
from services.registry.persons import names
from services.registry.persons.identity import (
    PERMIT_REGIONS,
    PROVINCES,
    Identity,
    IdentityFault,
    IdType,
    Sex,
    age_on,
    check_digit,
    normalise,
    parse,
    sex_differs,
)

TODAY = date(2024, 6, 1)

prefixes = st.one_of(
    st.tuples(st.sampled_from(sorted(PROVINCES)), st.from_regex(r"[0-9]{4}", fullmatch=True)).map("".join),
    st.sampled_from(sorted(PERMIT_REGIONS)),
    st.tuples(st.sampled_from(sorted(PROVINCES)), st.from_regex(r"[0-9]{3}", fullmatch=True)).map(
        lambda parts: "9" + "".join(parts)
    ),
)
births = st.dates(date(1900, 1, 1), TODAY)
orders = st.integers(0, 999)


def number(prefix: str, birth: date, order: int) -> str:
    first17 = f"{prefix}{birth:%Y%m%d}{order:03}"
    return first17 + check_digit(first17)


def fault(text: str) -> str:
    with pytest.raises(IdentityFault) as refused:
        parse(text, TODAY)
    return refused.value.code


def test_the_standards_own_examples() -> None:
    """GB 11643 prints these two numbers."""
    assert parse("11010519491231002X", TODAY) == Identity(
        IdType.RESIDENT, "11010519491231002X", date(1949, 12, 31), Sex.FEMALE
    )
    assert parse("440524188001010014"[:6] + "19800101001" + check_digit("44052419800101001"), TODAY).sex is Sex.MALE
    assert check_digit("44052418800101001") == "4"


@given(prefixes, births, orders)
def test_a_sound_number_tells_type_birth_and_sex(prefix: str, birth: date, order: int) -> None:
    identity = parse(number(prefix, birth, order), TODAY)
    assert identity.birth == birth
    assert identity.sex == (Sex.MALE if order % 2 else Sex.FEMALE)
    expected = IdType.RESIDENT
    if prefix in PERMIT_REGIONS:
        expected = IdType.HMT_PERMIT
    elif prefix.startswith("9"):
        expected = IdType.FOREIGN_PERMANENT
    assert identity.type is expected


@given(prefixes, births, orders, st.integers(0, 16), st.integers(1, 9))
def test_no_single_wrong_digit_passes(prefix: str, birth: date, order: int, place: int, shift: int) -> None:
    sound = number(prefix, birth, order)
    wrong = str((int(sound[place]) + shift) % 10)
    with pytest.raises(IdentityFault):
        parse(sound[:place] + wrong + sound[place + 1 :], TODAY)


@given(prefixes, births, orders, st.integers(0, 16))
def test_no_swap_of_neighbours_passes(prefix: str, birth: date, order: int, place: int) -> None:
    sound = number(prefix, birth, order)
    swapped = sound[:place] + sound[place + 1] + sound[place] + sound[place + 2 :]
    if swapped != sound:
        with pytest.raises(IdentityFault):
            parse(swapped, TODAY)


@given(prefixes, births, orders, st.lists(st.sampled_from(" \t\u3000\u00a0\u200b\ufeff"), max_size=4), st.booleans())
def test_ways_of_writing_are_one_number(
    prefix: str, birth: date, order: int, spaces: list[str], full_width: bool
) -> None:
    sound = number(prefix, birth, order)
    written = sound.lower()
    if full_width:
        written = "".join(chr(ord(c) + 0xFEE0) for c in written)
    written = written[:6] + "".join(spaces) + written[6:] + "".join(spaces)
    assert normalise(written) == sound
    assert parse(written, TODAY).number == sound


@given(st.text(max_size=40))
def test_garbage_is_refused_by_name(text: str) -> None:
    with pytest.raises(IdentityFault) as refused:
        parse(text, TODAY)
    assert refused.value.text.zh
    assert refused.value.text.en


@given(prefixes.filter(lambda p: p[:2] in PROVINCES), births, orders, st.sampled_from(["43", "11B1", "749"]))
def test_a_disability_card_is_the_resident_number_in_it(prefix: str, birth: date, order: int, tail: str) -> None:
    sound = number(prefix, birth, order)
    identity = parse(sound + tail[:2] + tail[2:], TODAY)
    if tail == "749":
        assert len(sound + tail) == 21
    assert identity.number == sound
    assert (identity.disability_kind, identity.disability_grade) == (tail[0], tail[1])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "missing"),
        ("  ", "missing"),
        ("110105491231002", "fifteen_digits"),
        ("110105194912310021", "check_digit"),
        ("1.10105194912310E+17", "digits_lost"),
        ("1.10105E+17", "digits_lost"),
        ("110105194913310021", "birth"),
        ("110105189912310021", "birth"),
        (number("110105", date(2023, 2, 28), 1).replace("20230228", "20230229"), "birth"),
        (number("110105", date(2024, 6, 2), 1), "birth_future"),
        ("99010519491231002X", "region"),
        ("00010519491231002X", "region"),
        ("١١٠١٠٥١٩٤٩١٢٣١٠٠٢٣", "format"),
        ("11010519491231002", "format"),
    ],
)
def test_what_is_wrong_is_named(text: str, code: str) -> None:
    assert fault(text) == code


def test_an_old_foreign_card_tells_neither_birth_nor_sex() -> None:
    assert parse("usa110075010112", TODAY) == Identity(IdType.FOREIGN_PERMANENT, "USA110075010112", None, None)


def test_a_stated_sex_that_differs_is_noticed() -> None:
    identity = parse("11010519491231002X", TODAY)
    assert sex_differs(identity, Sex.MALE)
    assert not sex_differs(identity, Sex.FEMALE)
    assert not sex_differs(identity, "9")


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 120))
def test_age_counts_birthdays(birth: date, years: int) -> None:
    leap_day = (birth.month, birth.day) == (2, 29)
    anniversary = date(birth.year + years, 3, 1) if leap_day else birth.replace(year=birth.year + years)
    if not leap_day or years % 4:
        assert age_on(birth, anniversary) == years
        assert age_on(birth, date.fromordinal(anniversary.toordinal() - 1)) == years - 1


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (" 张 三 ", "张三"),
        ("李　四", "李四"),
        ("买买提•吐尔逊", "买买提·吐尔逊"),
        ("阿依古丽 ‧ 卡德尔", "阿依古丽·卡德尔"),
        ("迪丽・拜尔．买", "迪丽·拜尔·买"),
        ("John  Smith", "John Smith"),
        ("岩", "岩"),
        ("〇", "〇"),
        ("𬱖𠮷", "𬱖𠮷"),
        ("\U000323b0", "\U000323b0"),
        ("\ue81e", "\ue81e"),
        ("长" * 50, "长" * 50),
    ],
)
def test_names_are_kept_as_they_are(text: str, kept: str) -> None:
    assert names.normalise_name(text) == kept


@pytest.mark.parametrize(
    ("text", "code"),
    [(" ", "missing"), ("长" * 101, "too_long"), ("张3", "characters"), ("=1+1", "characters"), ("··", "characters")],
)
def test_what_is_no_name(text: str, code: str) -> None:
    with pytest.raises(Fault) as refused:
        names.normalise_name(text)
    assert refused.value.code == code


@given(st.text(max_size=120))
def test_normalising_a_name_twice_changes_nothing(text: str) -> None:
    try:
        once = names.normalise_name(text)
    except Fault:
        return
    assert names.normalise_name(once) == once


@pytest.mark.parametrize(
    ("text", "number_", "whose"),
    [
        ("13800001111", "13800001111", None),
        ("１３８ 0000 1111", "13800001111", None),
        ("+86 138-0000-1111", "13800001111", None),
        ("0873-6123456", "08736123456", None),
        ("13800001111（子）", "13800001111", "子"),
    ],
)
def test_phones(text: str, number_: str, whose: str | None) -> None:
    assert names.normalise_phone(text) == (number_, whose)


@pytest.mark.parametrize("text", ["1380000111", "12800001111", "无", "13800001111/13900001111", "()"])
def test_what_is_no_phone(text: str) -> None:
    with pytest.raises(Fault) as refused:
        names.normalise_phone(text)
    assert refused.value.code == "phone"
