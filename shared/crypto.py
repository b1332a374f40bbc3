"""Field encryption under versioned keys, and fingerprints to find what is encrypted.

ID numbers, phones and bank accounts lie encrypted in the database and are found by a keyed HMAC. The keys live in
one JSON file, made once by `bangfu ops keys init` and readable by its owner only:

    {"current": 2,
     "encryption": {"1": {"suite": "aes", "key": "…"}, "2": {"suite": "sm", "key": "…"}},
     "fingerprint": {"suite": "aes", "key": "…"}}

A ciphertext is `version (1 byte) ‖ nonce (12) ‖ sealed text ‖ tag (16)`. The version names key and suite, so that a
rotation only adds a key: what is old stays readable, what is written from then on uses the new one. Nonces are
random, which is safe for 2³² encryptions under one key (NIST SP 800-38D, 8.3): rotate before.

The fingerprint key does not rotate. A fingerprint is an identity: it carries the uniqueness of a person and is what
lookups compare, so a second key would let the same ID number in twice and lose every row written under the first.
"""

import base64
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.secretfile import refuse_wide_permissions, write_secret

Suite = Literal["aes", "sm"]

NONCE_BYTES = 12
TAG_BYTES = 16
MAX_VERSION = 255
_KEY_BYTES: Mapping[Suite, int] = {"aes": 32, "sm": 16}
_HASHES: Mapping[Suite, hashes.HashAlgorithm] = {"aes": hashes.SHA256(), "sm": hashes.SM3()}
_FINGERPRINT_KEY_BYTES = 32
_MIN_DISTINCT_BYTES = 8


class KeyFileError(Exception):
    """The key file cannot be used; the message says why and how to mend it."""


class DecryptionError(Exception):
    """The ciphertext was changed, belongs to another context, or its key version is not in the key file."""


class _Sealer(Protocol):
    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...
    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...


class _SM4GCM:
    """SM4 (GB/T 32907) in GCM, with the interface of `AESGCM`, which `cryptography` lacks for SM4."""

    def __init__(self, key: bytes) -> None:
        self._algorithm = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        encryptor = Cipher(self._algorithm, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(associated_data or b"")
        return encryptor.update(data) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        sealed, tag = data[:-TAG_BYTES], data[-TAG_BYTES:]
        decryptor = Cipher(self._algorithm, modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(associated_data or b"")
        return decryptor.update(sealed) + decryptor.finalize()


def _sealer(suite: Suite, key: bytes) -> _Sealer:
    return AESGCM(key) if suite == "aes" else _SM4GCM(key)


class Key(BaseModel):
    """One key of the file: its suite and its bytes in base64."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    suite: Suite
    key: str = Field(repr=False)

    def raw(self, name: str, length: int) -> bytes:
        """The key's bytes. Raises KeyFileError when they are not `length` random bytes."""
        try:
            raw = base64.b64decode(self.key, validate=True)
        except ValueError as error:
            raise KeyFileError(f"Key {name} is not base64.") from error
        if len(raw) != length:
            raise KeyFileError(f"Key {name} has {len(raw)} bytes; its suite {self.suite!r} needs {length}.")
        if looks_like_placeholder(raw):
            raise KeyFileError(f"Key {name} is a placeholder, not a random key. Run `bangfu ops keys init`.")
        return raw


class KeyFile(BaseModel):
    """What the key file holds. `current` is the version that new ciphertexts are written under."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    current: int = Field(ge=1, le=MAX_VERSION)
    encryption: dict[int, Key]
    fingerprint: Key

    @classmethod
    def generate(cls, suite: Suite) -> Self:
        return cls(
            current=1,
            encryption={1: _new_key(suite, _KEY_BYTES[suite])},
            fingerprint=_new_key(suite, _FINGERPRINT_KEY_BYTES),
        )

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the file, or raise KeyFileError when it is absent, open to others or malformed."""
        try:
            refuse_wide_permissions(path)
            return cls.model_validate_json(path.read_bytes())
        except FileNotFoundError as error:
            raise KeyFileError(f"No key file at {path}. Make one with `bangfu ops keys init {path}`.") from error
        except PermissionError as error:
            raise KeyFileError(str(error)) from error
        except ValidationError as error:
            wrong = ", ".join(".".join(map(str, e["loc"])) or e["type"] for e in error.errors(include_input=False))
            raise KeyFileError(f"{path} is not a key file ({wrong}).") from None

    def rotated(self, suite: Suite) -> Self:
        """The same file with one more encryption key, which becomes the current one."""
        version = max(self.encryption) + 1
        if version > MAX_VERSION:
            raise KeyFileError("All 255 key versions are used.")
        added = {version: _new_key(suite, _KEY_BYTES[suite])}
        return self.model_copy(update={"current": version, "encryption": self.encryption | added})

    def write(self, path: Path, *, once: bool = False) -> None:
        """Write the file; with `once`, raise FileExistsError when there is one already."""
        write_secret(path, json.dumps(self.model_dump(), indent=1) + "\n", once=once)


class Keyring:
    """The keys of one deployment, ready for use. Build it once per process with `Keyring.load`."""

    def __init__(self, keys: KeyFile) -> None:
        if keys.current not in keys.encryption:
            raise KeyFileError(f"The current key version {keys.current} is not among the encryption keys.")
        if not all(1 <= version <= MAX_VERSION for version in keys.encryption):
            raise KeyFileError(f"Key versions run from 1 to {MAX_VERSION}.")
        self._sealers = {
            version: _sealer(key.suite, key.raw(f"encryption.{version}", _KEY_BYTES[key.suite]))
            for version, key in keys.encryption.items()
        }
        self.current = keys.current
        self._write = _Current(bytes([keys.current]), self._sealers[keys.current])
        self._hash = _HASHES[keys.fingerprint.suite]
        self._fingerprint_key = keys.fingerprint.raw("fingerprint", _FINGERPRINT_KEY_BYTES)
        self._domains: dict[str, hmac.HMAC] = {}

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the key file. Raises KeyFileError with what is wrong, so that a service does not start without."""
        return cls(KeyFile.read(path))

    def encrypt(self, plain: bytes, context: bytes) -> bytes:
        """Seal `plain` under the current key. `context` names the place (such as `person.idno:<id>`): it is not
        secret, is not stored, and must be given again to decrypt, so that a value cannot be moved elsewhere."""
        nonce = os.urandom(NONCE_BYTES)
        return self._write.prefix + nonce + self._write.sealer.encrypt(nonce, plain, context)

    def decrypt(self, sealed: bytes, context: bytes) -> bytes:
        """Open what `encrypt` sealed under any version of the file, or raise DecryptionError."""
        if len(sealed) < 1 + NONCE_BYTES + TAG_BYTES:
            raise DecryptionError("The ciphertext is too short.")
        sealer = self._sealers.get(sealed[0])
        if sealer is None:
            raise DecryptionError(f"The ciphertext is under key version {sealed[0]}, which the key file lacks.")
        try:
            return sealer.decrypt(sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], context)
        except InvalidTag:
            raise DecryptionError("The ciphertext was changed or belongs to another context.") from None

    def is_current(self, sealed: bytes) -> bool:
        """Whether the ciphertext is under the current key; if not, a rotation job seals it anew."""
        return sealed[:1] == self._write.prefix

    def fingerprint(self, text: str, domain: str) -> bytes:
        """A keyed digest of 32 bytes, the same for the same text for ever. Each `domain` (`idno`, `phone`) has a
        key of its own, so that equal texts in two domains cannot be matched. The caller normalises the text."""
        base = self._domains.get(domain)
        if base is None:
            base = self._domains[domain] = self._domain_mac(domain)
        mac = base.copy()
        mac.update(text.encode())
        return mac.finalize()

    def _domain_mac(self, domain: str) -> hmac.HMAC:
        derived = hmac.HMAC(self._fingerprint_key, self._hash)
        derived.update(domain.encode())
        return hmac.HMAC(derived.finalize(), self._hash)


@dataclass(frozen=True, slots=True)
class _Current:
    prefix: bytes
    sealer: _Sealer


def init_keys(path: Path, suite: Suite = "aes") -> bool:
    """Make the key file unless there is one. Returns whether it was made; an old one is checked, never replaced."""
    try:
        KeyFile.generate(suite).write(path, once=True)
    except FileExistsError:
        Keyring.load(path)
        return False
    return True


def rotate_keys(path: Path, suite: Suite = "aes") -> int:
    """Add an encryption key and make it current. Returns its version. Services use it from their next start."""
    keys = KeyFile.read(path).rotated(suite)
    keys.write(path)
    return keys.current


def looks_like_placeholder(secret: bytes) -> bool:
    """Whether a secret was typed rather than drawn: few distinct bytes, or readable text such as `changeme…`."""
    return len(set(secret)) < _MIN_DISTINCT_BYTES or all(0x20 <= byte < 0x7F for byte in secret)


def _new_key(suite: Suite, length: int) -> Key:
    raw = secrets.token_bytes(length)
    while looks_like_placeholder(raw):
        raw = secrets.token_bytes(length)
    return Key(suite=suite, key=base64.b64encode(raw).decode())
