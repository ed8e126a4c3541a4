"""The suites: known answers from the standards, and values of both that open side by side."""

import base64
import os
import subprocess
import sys
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SM3, Hash
from hypothesis import given
from hypothesis import strategies as st

from backend.vault import keys, services
from backend.vault.errors import MasterKeyMissing, Unsealable
from backend.vault.models import VaultKey
from backend.vault.suites import AES, SM, SUITES, Sm4Gcm

KEY = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
# RFC 8998, appendix A.1.
IV = bytes.fromhex("00001234567800000000ABCD")
BOUND = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
PLAIN = bytes.fromhex("".join(sign * 16 for sign in "ABCDEFEA"))
SEALED = bytes.fromhex(
    "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
    "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
    "83DE3541E4C2B58177E065A9BF7B62EC"
)


def test_sm4_in_gcm_gives_what_rfc_8998_gives() -> None:
    assert Sm4Gcm(KEY).encrypt(IV, PLAIN, BOUND) == SEALED
    assert Sm4Gcm(KEY).decrypt(IV, SEALED, BOUND) == PLAIN


def test_sm4_gives_what_gb_t_32907_gives() -> None:
    block = Cipher(algorithms.SM4(KEY), modes.ECB()).encryptor()
    assert block.update(KEY).hex() == "681edf34d206965e86b3e94f536e4246"


@pytest.mark.parametrize(
    ("text", "digest"),
    [
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_sm3_gives_what_gb_t_32905_gives(text: bytes, digest: str) -> None:
    hashed = Hash(SM3())
    hashed.update(text)
    assert hashed.finalize().hex() == digest


@pytest.mark.parametrize(
    ("key", "text", "digest"),
    [
        (
            bytes(range(1, 33)),
            b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq" * 2,
            "ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a",
        ),
        (
            bytes(range(1, 38)),
            b"\xcd" * 50,
            "220bf579ded555393f0159f66c99877822a3ecf610d1552154b41d44b94db3ae",
        ),
    ],
)
def test_hmac_of_sm3_gives_what_gm_t_0042_gives(key: bytes, text: bytes, digest: str) -> None:
    code = SM.mac(key)
    code.update(text)
    assert code.finalize().hex() == digest


@given(text=st.binary(max_size=200), place=st.integers(0, 215), bit=st.integers(0, 7))
def test_sm4_opens_what_it_sealed_and_nothing_that_was_altered(text: bytes, place: int, bit: int) -> None:
    cipher, nonce = Sm4Gcm(KEY), os.urandom(12)
    sealed = cipher.encrypt(nonce, text, b"here")
    assert cipher.decrypt(nonce, sealed, b"here") == text
    altered = bytearray(sealed)
    altered[place % len(altered)] ^= 1 << bit
    for value, bound in ((bytes(altered), b"here"), (sealed, b"there"), (b"\0" + sealed, b"here")):
        with pytest.raises(InvalidTag):
            cipher.decrypt(nonce, value, bound)


@pytest.fixture
def vault(fresh_database: str, settings: Any, other_keys: None) -> Any:
    settings.FIELD_KEYS = f"a:{base64.b64encode(os.urandom(32)).decode()}"
    return settings


def changed_to(vault: Any, suite: str) -> None:
    """A new active key of each purpose, of the suite."""
    vault.VAULT_SUITE = suite
    VaultKey.objects.update(active=False)
    keys.forget()


@pytest.mark.parametrize("suite", SUITES.values(), ids=SUITES)
def test_the_first_byte_and_the_key_say_the_suite(vault: Any, suite: Any) -> None:
    vault.VAULT_SUITE = suite.name
    sealed = services.seal("t", "f", 1, b"520111198811039164")
    assert sealed[0] == suite.version
    assert len(sealed) == 1 + 4 + 12 + 18 + 16
    assert len(keys.active("seal").secret) == suite.key_bytes
    assert len(services.index_many(["x"])[0]) == 32
    assert set(VaultKey.objects.values_list("suite", flat=True)) == {suite.name}
    keys.forget()
    assert services.unseal("t", "f", 1, sealed) == b"520111198811039164"


def test_values_of_both_suites_open_side_by_side(vault: Any) -> None:
    made = {}
    for place, suite in enumerate(("aes", "sm", "aes", "sm")):
        changed_to(vault, suite)
        made[place] = services.seal("t", "f", place, str(place).encode())
    keys.forget()
    assert [value[0] for value in made.values()] == [AES.version, SM.version] * 2
    assert services.unseal_many("t", "f", list(made), made.values()) == [b"0", b"1", b"2", b"3"]


def test_the_suites_index_alike_and_never_the_same(vault: Any) -> None:
    [first] = services.index_many(["x"])
    changed_to(vault, "sm")
    one, again, digest = *services.index_many(["x", "x"]), services.digest_many(["x"])[0]
    assert one == again
    assert len({first, one, digest}) == 3


def test_a_value_that_names_a_key_of_the_other_suite_is_refused(vault: Any) -> None:
    sealed = services.seal("t", "f", 1, b"x")
    with pytest.raises(Unsealable, match="was altered"):
        services.unseal("t", "f", 1, bytes([SM.version]) + sealed[1:])


def test_a_suite_unknown_to_this_release_is_named(vault: Any) -> None:
    sealed = services.seal("t", "f", 1, b"x")
    VaultKey.objects.update(suite="later")
    keys.forget()
    with pytest.raises(Unsealable, match="later"):
        services.unseal("t", "f", 1, sealed)


def test_a_key_of_sm_is_wrapped_by_sm_and_by_its_master_key_alone(vault: Any) -> None:
    vault.VAULT_SUITE = "sm"
    services.seal("t", "f", 1, b"x")
    kept = vault.FIELD_KEYS
    vault.FIELD_KEYS = f"a:{base64.b64encode(os.urandom(32)).decode()}"
    keys.forget()
    with pytest.raises(MasterKeyMissing, match="is not the one"):
        keys.active("seal")
    vault.FIELD_KEYS = kept
    assert keys.active("seal").suite is SM


def test_a_suite_that_is_none_is_refused_at_the_start() -> None:
    began = subprocess.run(
        [sys.executable, "-c", "import backend.settings"],
        env={**os.environ, "VAULT_SUITE": "des"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert began.returncode != 0
    assert "VAULT_SUITE is “des”: it must be aes or sm." in began.stderr
