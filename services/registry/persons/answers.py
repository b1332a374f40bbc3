"""What reads answer of people, written from rows of `queries.SHOWN` and `queries.page` without models in between.

The columns are typed and checked by the table, so validating them again would prove nothing; a test holds the fields
against `PersonOut`.
"""

from typing import Any

from asyncpg import Record

from services.registry.persons import sealing
from shared import money
from shared.crypto import Keyring


def person(keyring: Keyring, row: Record) -> dict[str, Any]:
    """The fields of `PersonOut`."""
    columns = dict(row)
    opened = sealing.open_values(
        keyring, columns["id"], columns.pop("name_sealed"), columns.pop("id_sealed"), columns.pop("phone_sealed")
    )
    wage = columns.pop("wish_wage_fen")
    columns["wish_wage"] = None if wage is None else money.format_yuan(wage)
    columns |= opened.masked()._asdict()
    return columns
