"""Names by ethnicity, put together from syllables at random.

They have the shapes that a register meets (one to three syllables after a surname, no surname at all, long names
joined by `·`) and belong to nobody.
"""

from dataclasses import dataclass
from random import Random

from cli.samples.identity import Sex

DOT = "\u00b7"

SURNAMES = tuple("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗普龙毕昂施孔白段方钱")
HUI_SURNAMES = tuple("马纳沙合林保丁")
GIVEN = {
    "男": tuple("文志国建伟强军永明春贵福云光成东平山学林正荣江华祥才勇俊海龙"),
    "女": tuple("秀玉兰芬英琼丽芳美珍凤云燕仙莲花梅红翠艳萍春桂香琴会雪霞娟慧"),
}


@dataclass(frozen=True)
class Syllables:
    """What the names of one tradition are built from: parts joined by the dot, each of several syllables."""

    first: dict[Sex, tuple[str, ...]]
    rest: tuple[str, ...]
    lengths: tuple[tuple[int, ...], ...]
    """Possible shapes: how many syllables in each part."""


YI = Syllables(
    first={"男": ("阿", "吉", "沙", "木", "比", "古"), "女": ("阿", "尼", "乌", "妞", "依", "果")},
    rest=("鲁", "呷", "惹", "莫", "补", "且", "尔", "达", "洛", "史", "干", "嘎", "布", "伍"),
    lengths=((2, 2), (3, 2), (2, 3), (3, 3)),
)
DAI = Syllables(
    first={"男": ("岩",), "女": ("玉",)},
    rest=("罕", "温", "香", "叫", "保", "应", "坎", "波", "扁", "龙", "娜", "光", "宰", "旺", "嫩"),
    lengths=((2,), (3,), (2, 2), (3, 2), (3, 3)),
)
UYGHUR = Syllables(
    first={"男": ("艾", "买", "吐", "库", "亚", "阿"), "女": ("古", "阿", "帕", "热", "米", "再")},
    rest=("力", "尔", "合", "提", "买", "孜", "江", "逊", "依", "木", "丽", "曼", "古", "罕", "不", "都"),
    lengths=((4, 4), (5, 4), (3, 5), (5, 6), (4, 4, 3)),
)

# Shares in per cent: near those of the county's censuses, with more of the small groups so that their names show.
ETHNICITIES = {"汉族": 54, "彝族": 32, "苗族": 4, "傣族": 3, "回族": 3, "壮族": 2, "哈尼族": 1, "维吾尔族": 1}
_OWN_NAMES = {"彝族": (YI, 0.15), "傣族": (DAI, 0.8), "维吾尔族": (UYGHUR, 1.0)}


def surname(rng: Random, ethnicity: str) -> str:
    return rng.choice(HUI_SURNAMES if ethnicity == "回族" else SURNAMES)


def name(rng: Random, ethnicity: str, sex: Sex, family: str) -> str:
    """A name in the tradition of the ethnicity, or the family's surname with one or two syllables."""
    syllables, share = _OWN_NAMES.get(ethnicity, (None, 0.0))
    if syllables is not None and rng.random() < share:
        return _composed(rng, syllables, sex)
    return family + "".join(rng.choices(GIVEN[sex], k=rng.choice((1, 2, 2, 2))))


def _composed(rng: Random, syllables: Syllables, sex: Sex) -> str:
    parts = [rng.sample(syllables.rest, k=length) for length in rng.choice(syllables.lengths)]
    parts[0][0] = rng.choice(syllables.first[sex])
    return DOT.join("".join(part) for part in parts)
