"""Who may sign in while the centre is away, who is signed in, and who was here lately. Hashes only, never a secret."""

from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, Row, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from app.core.clock import Clock
from app.core.views import Person
from app.store.meta import MetaBook
from app.store.tables import verifier

#: Wrong tries in a row after which a verifier is wiped.
TRIES = 5
RECENT = 3


@dataclass(frozen=True, slots=True)
class KeptVerifier:
    """The argon2id hash of what a person presented when they last signed in online. `means` badge | pin."""

    person: Person
    means: str
    hash: str
    tries_left: int


class PeopleBook:
    """Owns the `verifier` table, the session on this device and the list of the last people."""

    def __init__(self, connection: Connection, meta: MetaBook, clock: Clock) -> None:
        self._db = connection
        self._meta = meta
        self._clock = clock

    def keep_verifier(self, person: Person, means: str, hash: str, ttl_s: int) -> None:
        """Keeps what lets `person` sign in offline for `ttl_s` seconds; the old one of the same means is replaced."""
        values = {
            "worker": person.id, "means": means, "number": person.number, "hash": hash,
            "person": msgspec.json.encode(person).decode(), "ttl_s": ttl_s, "granted_wall": self._clock.wall_ms(),
            "granted_mono": self._clock.mono(), "boot": self._clock.boot_id(), "tries_left": TRIES,
        }  # fmt: skip
        new = insert(verifier).values(values)
        kept = {name: getattr(new.excluded, name) for name in values if name not in ("worker", "means")}
        self._db.execute(new.on_conflict_do_update(index_elements=["worker", "means"], set_=kept))

    def verifiers(self, means: str, number: str | None = None) -> list[KeptVerifier]:
        """Those still good: of everybody, or of the person with this number. Verifiers whose time is over are wiped."""
        found = self._db.execute(select(verifier).where(verifier.c.means == means).order_by(verifier.c.worker)).all()
        for r in found:
            if not self._good(r):
                self.wipe(r.worker, means)
        return [
            KeptVerifier(msgspec.json.decode(r.person, type=Person), r.means, r.hash, r.tries_left)
            for r in found
            if self._good(r) and number in (None, r.number)
        ]

    def wrong_try(self, worker: str, means: str) -> int:
        """Counts a wrong try; returns how many are left. At none the verifier is wiped: only the centre can let this person in."""
        here = (verifier.c.worker == worker, verifier.c.means == means)
        left = self._db.execute(
            update(verifier).where(*here).values(tries_left=verifier.c.tries_left - 1).returning(verifier.c.tries_left)
        ).scalar()
        if left is None or left <= 0:
            self.wipe(worker, means)
            return 0
        return int(left)

    def right_try(self, worker: str, means: str) -> None:
        """The count of wrong tries starts anew."""
        here = (verifier.c.worker == worker, verifier.c.means == means)
        self._db.execute(update(verifier).where(*here).values(tries_left=TRIES))

    def wipe(self, worker: str, means: str) -> None:
        """Forgets a verifier."""
        self._db.execute(delete(verifier).where(verifier.c.worker == worker, verifier.c.means == means))

    def wipe_all(self) -> None:
        """Forgets every verifier: they are bound to an identity that this device no longer has."""
        self._db.execute(delete(verifier))

    def signed_in(self) -> Person | None:
        """Who is at the device."""
        return self._meta.get("person", Person)

    def sign_in(self, person: Person) -> None:
        """`person` is at the device now, and first among the last people here."""
        self._meta.put("person", person)
        self._meta.drop("locked")
        others = [other for other in self.recent() if other.id != person.id]
        self._meta.put("recent", [person, *others][:RECENT])

    def sign_out(self) -> None:
        """Nobody is."""
        self._meta.drop("person")
        self._meta.drop("locked")

    def lock(self) -> None:
        """Whoever is at the device must show who they are."""
        self._meta.put("locked", True)

    def locked(self) -> bool:
        """Whether it is so."""
        return self._meta.get("locked", bool) or False

    def heard(self, worker: str, trust_n: int | None) -> bool:
        """The centre says how this person stands now (None: gone). Offline sign-ins given under an earlier number are wiped. True when it
        was the one at the device: nobody is now."""
        for r in self._db.execute(select(verifier).where(verifier.c.worker == worker)).all():
            if _void(msgspec.json.decode(r.person, type=Person), trust_n):
                self.wipe(worker, r.means)
        person = self.signed_in()
        if person is None or person.id != worker or not _void(person, trust_n):
            return False
        self.sign_out()
        self._meta.put("dismissed", person.name)
        return True

    def dismissed(self) -> str | None:
        """The name of who was signed out by the centre and has not been told yet. Asking forgets it."""
        name = self._meta.get("dismissed", str)
        self._meta.drop("dismissed")
        return name

    def recent(self) -> tuple[Person, ...]:
        """The last people here, newest first."""
        return self._meta.get("recent", tuple[Person, ...]) or ()

    def _good(self, r: Row[tuple[object, ...]]) -> bool:
        """Counted on the monotonic clock; after a restart of the device only the wall clock is left, which must not have gone back."""
        if r.boot == self._clock.boot_id():
            return bool(0 <= self._clock.mono() - r.granted_mono < r.ttl_s)
        return bool(0 <= self._clock.wall_ms() - r.granted_wall < r.ttl_s * 1000)


def _void(person: Person, trust_n: int | None) -> bool:
    return trust_n is None or trust_n > person.trust_n
