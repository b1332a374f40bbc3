"""How the same thing is written differently: full-width characters, invisible marks.

Both functions look first whether there is anything to do: most cells of a million are tidy, and looking is cheap.
"""

import re

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_MARKS = re.compile("[\u200b-\u200f\u2060\ufeff]")
_ODD = re.compile(r"[\s\uff01-\uff5e\u200b-\u200f\u2060\ufeff]")


def visible(text: str) -> str:
    """Without the zero-width and direction marks that copying from web pages leaves behind."""
    return _MARKS.sub("", text)


def squeeze(text: str) -> str:
    """Full-width ASCII as ASCII, without invisible marks and white space: for numbers, codes and words."""
    return "".join(visible(text).translate(_FULL_WIDTH).split()) if _ODD.search(text) else text
