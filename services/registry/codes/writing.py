"""How the same thing is written differently: full-width characters, invisible marks."""

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_INVISIBLE: dict[int, int | None] = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))


def visible(text: str) -> str:
    """Without the zero-width and direction marks that copying from web pages leaves behind."""
    return text.translate(_INVISIBLE)


def squeeze(text: str) -> str:
    """Full-width ASCII as ASCII, without invisible marks and white space: for numbers, codes and words."""
    return "".join(visible(text).translate(_FULL_WIDTH).split())
