import pytest

from services.registry.codes import tables
from services.registry.codes.faults import Fault


@pytest.mark.parametrize("key", sorted(tables.names()))
def test_every_table_names_its_source_and_finds_all_its_own_words(key: str) -> None:
    table = tables.table(key)
    assert table.title
    assert table.source
    assert table.version
    for entry in table.entries.values():
        for word in (entry.code, *entry.words):
            assert tables.lookup(key, word) == entry.code


def test_all_56_ethnic_groups_and_the_two_others() -> None:
    codes = set(tables.table("ethnicity").entries)
    assert codes == {f"{n:02}" for n in range(1, 57)} | {"97", "98"}
    assert tables.lookup("ethnicity", "彝") == tables.lookup("ethnicity", "彝族") == "07"
    assert tables.lookup("ethnicity", "哈尼族") == "16"
    assert tables.lookup("ethnicity", "基诺族") == "56"


@pytest.mark.parametrize(
    ("key", "word", "code"),
    [
        ("sex", "男", "1"),
        ("sex", "女性", "2"),
        ("education", "文盲或半文盲", "90"),
        ("education", " 大 专 ", "30"),
        ("political_status", "群众", "13"),
        ("kinship", "户主", "02"),
        ("kinship", "之子", "20"),
        ("health", "长期慢性病", "3"),
        ("labor_capacity", "弱劳动力或半劳动力", "weak"),
        ("labor_capacity", "半劳动力", "half"),
        ("household_category", "突发严重困难户（脱贫户）", "sudden_hardship_alleviated"),
    ],
)
def test_words_of_the_forms(key: str, word: str, code: str) -> None:
    assert tables.lookup(key, word) == code


@pytest.mark.parametrize(
    ("word", "base", "monitoring"),
    [
        ("脱贫户", "poverty_alleviated", ""),
        ("建档立卡户", "poverty_alleviated", ""),
        ("脱贫不稳定户", "poverty_alleviated", "unstable"),
        ("边缘易致贫户", "ordinary", "marginal"),
        ("一般农户", "ordinary", ""),
        ("其他", "other", ""),
    ],
)
def test_household_category_gives_base_and_monitored_kind(word: str, base: str, monitoring: str) -> None:
    code = tables.require("household_category", word)
    extra = tables.table("household_category").entries[code].extra
    assert (extra["base"], extra["monitoring"]) == (base, monitoring)


def test_an_unmapped_word_is_refused_naming_the_accepted_words_or_kept_as_other() -> None:
    assert tables.lookup("sex", "公") is None
    with pytest.raises(Fault) as refused:
        tables.require("sex", "公")
    assert refused.value.code == "unknown_word"
    assert "男" in refused.value.text.zh
    assert "公" not in refused.value.text.zh
    assert tables.require("service_need", "想学电焊") == "other"


def test_a_table_that_does_not_exist() -> None:
    with pytest.raises(KeyError):
        tables.table("../../pyproject")
