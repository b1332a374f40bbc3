"""Numbers as lists show them. More is hidden than the birth date, for a village and a name tell the rest."""


def mask(number: str) -> str:
    """The first three and the last two characters of an ID number or phone: `532*************1X`."""
    return number[:3] + "*" * (len(number) - 5) + number[-2:]
