"""Field encryption: what goes in comes out, and nothing else does."""

import base64
import hmac
import json
import timeit
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.crypto import (
    DecryptionError,
    KeyFile,
    KeyFileError,
    Keyring,
    Suite,
    init_keys,
    looks_like_placeholder,
    rotate_keys,
)

SUITES: tuple[Suite, ...] = ("aes", "sm")
FILES = {suite: KeyFile.generate(suite) for suite in SUITES}
RINGS = {suite: Keyring(FILES[suite]) for suite in SUITES}
suites = st.sampled_from(SUITES)


@given(suite=suites, plain=st.binary(max_size=300), context=st.binary(max_size=60))
def test_what_is_sealed_opens_again(suite: Suite, plain: bytes, context: bytes) -> None:
    assert RINGS[suite].decrypt(RINGS[suite].encrypt(plain, context), context) == plain


@given(suite=suites, plain=st.binary(max_size=50), position=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_a_flipped_bit_is_noticed(suite: Suite, plain: bytes, position: int, bit: int) -> None:
    sealed = bytearray(RINGS[suite].encrypt(plain, b"here"))
    sealed[position % len(sealed)] ^= 1 << bit
    with pytest.raises(DecryptionError):
        RINGS[suite].decrypt(bytes(sealed), b"here")


@given(suite=suites, here=st.binary(max_size=20), there=st.binary(max_size=20))
def test_a_value_does_not_open_elsewhere(suite: Suite, here: bytes, there: bytes) -> None:
    sealed = RINGS[suite].encrypt(b"value", here)
    if here == there:
        assert RINGS[suite].decrypt(sealed, there) == b"value"
    else:
        with pytest.raises(DecryptionError):
            RINGS[suite].decrypt(sealed, there)


@pytest.mark.parametrize("suite", SUITES)
@pytest.mark.parametrize("length", range(29))
def test_a_cut_ciphertext_is_refused(suite: Suite, length: int) -> None:
    with pytest.raises(DecryptionError):
        RINGS[suite].decrypt(RINGS[suite].encrypt(b"", b"")[:length], b"")


@pytest.mark.parametrize("suite", SUITES)
def test_equal_texts_are_sealed_differently(suite: Suite) -> None:
    sealed = [RINGS[suite].encrypt(b"same", b"here") for _ in range(100)]
    assert len(set(sealed)) == 100
    assert all(b"same" not in one for one in sealed)


@pytest.mark.parametrize("old", SUITES)
@pytest.mark.parametrize("new", SUITES)
def test_rotation_keeps_old_values_readable_and_fingerprints_the_same(old: Suite, new: Suite) -> None:
    before = Keyring(FILES[old])
    after = Keyring(FILES[old].rotated(new))
    sealed = before.encrypt(b"value", b"here")
    assert after.decrypt(sealed, b"here") == b"value"
    assert not after.is_current(sealed)
    assert after.is_current(after.encrypt(b"value", b"here"))
    assert after.fingerprint("x", "idno") == before.fingerprint("x", "idno")
    with pytest.raises(DecryptionError, match="version 2"):
        before.decrypt(after.encrypt(b"value", b"here"), b"here")


@given(suite=suites, one=st.text(max_size=30), other=st.text(max_size=30))
def test_fingerprints_are_equal_for_equal_texts_only(suite: Suite, one: str, other: str) -> None:
    ring = RINGS[suite]
    assert len(ring.fingerprint(one, "idno")) == 32
    assert (ring.fingerprint(one, "idno") == ring.fingerprint(other, "idno")) == (one == other)
    assert ring.fingerprint(one, "idno") != ring.fingerprint(one, "phone")


def test_fingerprints_depend_on_the_key() -> None:
    other = Keyring(KeyFile.generate("aes"))
    assert RINGS["aes"].fingerprint("x", "idno") != other.fingerprint("x", "idno")


def test_the_two_suites_use_the_named_hashes() -> None:
    """Computed by the standard library's HMAC over the same derived keys."""

    digests: dict[Suite, str] = {"aes": "sha256", "sm": "sm3"}
    for suite, digest in digests.items():
        key = base64.b64decode(FILES[suite].fingerprint.key)
        expected = hmac.digest(hmac.digest(key, b"idno", digest), b"x", digest)
        assert RINGS[suite].fingerprint("x", "idno") == expected


@pytest.mark.parametrize("suite", SUITES)
def test_the_key_file_is_made_once_and_private(tmp_path: Path, suite: Suite) -> None:
    path = tmp_path / "keys.json"
    assert init_keys(path, suite)
    first = path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert not init_keys(path, suite)
    assert path.read_bytes() == first
    sealed = Keyring.load(path).encrypt(b"value", b"")
    assert rotate_keys(path, suite) == 2
    assert path.stat().st_mode & 0o777 == 0o600
    assert Keyring.load(path).decrypt(sealed, b"") == b"value"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_file_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "keys.json"
    init_keys(path)
    path.chmod(mode)
    with pytest.raises(KeyFileError, match="chmod 600"):
        Keyring.load(path)


def _write(path: Path, **changes: object) -> None:
    path.write_text(json.dumps(KeyFile.generate("aes").model_dump() | changes))
    path.chmod(0o600)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"current": 9}, "version 9"),
        ({"fingerprint": {"suite": "aes", "key": "Y2hhbmdlbWVjaGFuZ2VtZWNoYW5nZW1lY2hhbmdlbWU="}}, "placeholder"),
        ({"encryption": {"1": {"suite": "aes", "key": "A" * 43 + "="}}}, "placeholder"),
        ({"encryption": {"1": {"suite": "sm", "key": "A" * 43 + "="}}}, "needs 16"),
        ({"encryption": {"1": {"suite": "aes", "key": "***"}}}, "base64"),
        ({"encryption": {"1": {"suite": "des", "key": ""}}}, "not a key file"),
        ({"more": 1}, "not a key file"),
    ],
)
def test_an_unfit_key_file_is_refused(tmp_path: Path, changes: dict[str, object], message: str) -> None:
    path = tmp_path / "keys.json"
    _write(path, **changes)
    with pytest.raises(KeyFileError, match=message):
        Keyring.load(path)


def test_a_missing_key_file_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="bangfu ops keys init"):
        Keyring.load(tmp_path / "keys.json")


def test_errors_and_representations_hold_no_key(tmp_path: Path) -> None:
    keys = KeyFile.generate("aes")
    assert keys.fingerprint.key not in repr(keys)
    path = tmp_path / "keys.json"
    _write(path, encryption={"1": {"suite": "des", "key": "c2VjcmV0"}})
    with pytest.raises(KeyFileError) as caught:
        Keyring.load(path)
    assert "c2VjcmV0" not in str(caught.value)


@pytest.mark.parametrize("secret", [b"\0" * 32, b"changeme" * 4, b"0123456789abcdef" * 2])
def test_typed_secrets_are_recognised(secret: bytes) -> None:
    assert looks_like_placeholder(secret)


def test_a_person_costs_microseconds() -> None:
    """Three encryptions and two fingerprints. About 10 µs here; the bound leaves room for a busy machine."""
    ring = RINGS["aes"]

    def person() -> None:
        for field in (b"idno", b"phone", b"account"):
            ring.encrypt(b"13010019900101123X", field)
        ring.fingerprint("13010019900101123X", "idno")
        ring.fingerprint("13000000000", "phone")

    assert min(timeit.repeat(person, number=500, repeat=5)) / 500 < 100e-6
