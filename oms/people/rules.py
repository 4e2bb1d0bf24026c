"""PINs and their lock-out. Pure but for the salt; the actions of people and the sign-in ask it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

MAX_TRIES = 5
LOCK_FOR = timedelta(minutes=15)

_hasher = PasswordHasher()


class BadPin(ValueError):
    """Not a PIN: it has 4 to 8 digits."""


def hash_pin(pin: str) -> str:
    """The argon2id hash of a PIN of 4 to 8 digits; raises `BadPin`."""
    if not (pin.isascii() and pin.isdigit() and 4 <= len(pin) <= 8):
        raise BadPin
    return _hasher.hash(pin)


def pin_matches(hashed: str, pin: str) -> bool:
    """Whether `pin` is the one that was hashed. Never raises on what a person typed."""
    try:
        return _hasher.verify(hashed, pin)
    except VerificationError:
        return False


@dataclass(frozen=True, slots=True)
class Tries:
    """Wrong PINs in a row, and until when no more are taken."""

    wrong: int = 0
    locked_until: datetime | None = None

    def locked(self, now: datetime) -> bool:
        """Whether even the right PIN is refused now."""
        return self.locked_until is not None and now < self.locked_until

    def left(self) -> int:
        """How many wrong ones are still allowed before the lock."""
        return MAX_TRIES - self.wrong

    def after_wrong(self, now: datetime) -> "Tries":
        """The fifth wrong one locks for a quarter of an hour and starts the count anew."""
        if self.wrong + 1 >= MAX_TRIES:
            return Tries(0, now + LOCK_FOR)
        return Tries(self.wrong + 1, None)
