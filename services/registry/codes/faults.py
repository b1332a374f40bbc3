"""What is wrong with one value that a person wrote down, before anyone knows in which column or field it stood."""

from shared.errors import Text


class Fault(ValueError):
    """A value that cannot be accepted. `code` is stable for programs, `text` says how to mend it.

    The text never repeats the value: it goes to error workbooks and answers, the value may be an ID number.
    """

    def __init__(self, code: str, text: Text) -> None:
        super().__init__(code)
        self.code = code
        self.text = text
