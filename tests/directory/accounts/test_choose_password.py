"""Which passwords are refused, and how they are kept."""

import pytest

from directory.accounts import passwords

ABOUT = ("Fatima Diallo", "fatima@example.org")


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "password1234",
        "P@ssw0rd2026!!",
        "qwertyuiop12",
        "aaaaaaaaaaaaaa",
        "123456789012",
        "Homeward2026!",
        "motdepasse2026",
        "contraseña2026",
        "fatima.diallo1",
        "كلمة السر 12345",
        "x" * 201,
    ],
)
def test_it_refuses_what_somebody_would_try_first(password: str) -> None:
    with pytest.raises(passwords.WeakPassword):
        passwords.check_strength(password, about=ABOUT)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "Kj8#mP2$xQ9!",
        "91827f3a5e0c",
        "قطار أزرق يعبر الجسر ليلا",
        "tulip-river-seven-cedar",
    ],
)
def test_it_takes_what_is_hard_to_guess(password: str) -> None:
    passwords.check_strength(password, about=ABOUT)


def test_the_hash_is_argon2id_and_tells_right_from_wrong() -> None:
    stored = passwords.make_hash("correct horse battery staple")
    assert stored.startswith("$argon2id$")
    assert passwords.is_correct("correct horse battery staple", stored)
    assert not passwords.is_correct("correct horse battery stapler", stored)
    assert not passwords.needs_new_hash(stored)


def test_the_same_letter_from_two_keyboards_is_the_same() -> None:
    stored = passwords.make_hash("cafe\u0301 de la montagne")
    assert passwords.is_correct("caf\u00e9 de la montagne", stored)


def test_nothing_is_correct_without_a_hash() -> None:
    assert not passwords.is_correct("the password of nobody at all", None)
    assert not passwords.is_correct("", "")
