"""Names, ID numbers and phones: sealed for the database, opened for who may see them."""

from typing import NamedTuple, Protocol
from uuid import UUID

from services.registry.persons.masking import mask
from shared.crypto import Keyring


class SealedPerson(Protocol):
    """A row that carries the three sealed fields."""

    @property
    def id(self) -> UUID: ...
    @property
    def name_sealed(self) -> bytes: ...
    @property
    def id_sealed(self) -> bytes: ...
    @property
    def phone_sealed(self) -> bytes | None: ...


class Opened(NamedTuple):
    name: str
    id_number: str
    phone: str | None

    def masked(self) -> "Opened":
        return Opened(self.name, mask(self.id_number), mask(self.phone) if self.phone else None)


def context(person_id: UUID, field: str) -> bytes:
    """A sealed value opens only at the person and field that it was sealed for."""
    return person_id.bytes + field.encode()


def seal(keyring: Keyring, person_id: UUID, field: str, value: str) -> bytes:
    return keyring.encrypt(value.encode(), context(person_id, field))


def id_hmac(keyring: Keyring, number: str) -> bytes:
    return keyring.fingerprint(number, "idno")


def phone_hmac(keyring: Keyring, phone: str) -> bytes:
    return keyring.fingerprint(phone, "phone")


def open_person(keyring: Keyring, row: SealedPerson) -> Opened:
    return open_values(keyring, row.id, row.name_sealed, row.id_sealed, row.phone_sealed)


def open_values(
    keyring: Keyring, person_id: UUID, name_sealed: bytes, id_sealed: bytes, phone_sealed: bytes | None
) -> Opened:
    person, opened = person_id.bytes, keyring.decrypt
    return Opened(
        opened(name_sealed, person + b"name").decode(),
        opened(id_sealed, person + b"idno").decode(),
        opened(phone_sealed, person + b"phone").decode() if phone_sealed is not None else None,
    )


def sealed_columns(
    keyring: Keyring, person_id: UUID, *, name: str | None, id_number: str | None, phone: str | None
) -> dict[str, bytes | None]:
    """The columns of those values that are given."""
    found: dict[str, bytes | None] = {}
    if name is not None:
        found["name_sealed"] = seal(keyring, person_id, "name", name)
    if id_number is not None:
        found["id_sealed"] = seal(keyring, person_id, "idno", id_number)
        found["id_hmac"] = id_hmac(keyring, id_number)
    if phone is not None:
        found["phone_sealed"] = seal(keyring, person_id, "phone", phone)
        found["phone_hmac"] = phone_hmac(keyring, phone)
    return found
