"""Who is this person? Asked of the centre first, for a few seconds, then of what this device remembers. Used by sign-in and packing."""

from dataclasses import replace

from app.core.messages import Code, Message, say
from app.core.views import Person
from app.services.ports import Centre, CentreAway, CentreRefused, PinVerifier, Store
from sync.contract import proof
from sync.contract.codes import ErrorCode, Role
from sync.contract.wire import SessionReply

#: How long a person waits for the centre before this device decides alone.
DEADLINE_S = 3.0
LOCKED_MINUTES = 15

BADGE, PIN = "badge", "pin"
SUPERVISES = frozenset({Role.SUPERVISOR.value, Role.ADMIN.value})


class Gate:
    """Proves people. Owns nothing; what it learns goes into the store."""

    def __init__(self, store: Store, centre: Centre, verifier: PinVerifier) -> None:
        self._store = store
        self._centre = centre
        self._verifier = verifier

    def by_badge(self, badge: str) -> Person | Message:
        """The person whose badge this is, or why nobody. Raises `StorageTrouble`."""
        try:
            reply = self._centre.sign_in(badge=badge, timeout_s=DEADLINE_S)
        except CentreAway:
            return self._badge_offline(badge)
        except CentreRefused as no:
            return _refusal(no, say(Code.BADGE_UNKNOWN))
        return self._admit(reply, BADGE)

    def by_pin(self, number: str, pin: str) -> Person | Message:
        """The person with this worker number and PIN, or why not. Raises `StorageTrouble`."""
        try:
            reply = self._centre.sign_in(number=number, pin=pin, timeout_s=DEADLINE_S)
        except CentreAway:
            return self._pin_offline(number, pin)
        except CentreRefused as no:
            return _refusal(no, say(Code.WRONG_PIN, left=_left(no.detail)))
        return self._admit(reply, PIN)

    def supervisor(self, badge: str) -> Person | Message:
        """The supervisor whose badge this is, or why not."""
        person = self.by_badge(badge)
        if isinstance(person, Person) and not SUPERVISES & person.roles:
            return say(Code.NOT_ALLOWED)
        return person

    def _admit(self, reply: SessionReply, means: str) -> Person:
        person = Person(
            id=reply.worker, name=reply.name, number=reply.number, roles=frozenset(role.value for role in reply.roles),
            language=reply.language, session=reply.session, trust_n=reply.trust_n,
        )  # fmt: skip
        with self._store.unit() as u:
            u.people.keep_verifier(person, means, reply.offline_verifier, reply.offline_ttl_s)
        return person

    def _badge_offline(self, badge: str) -> Person | Message:
        """A badge does not say whose it is, so it is tried on everybody who was here this shift; no try counts against anybody."""
        with self._store.look() as u:
            known, device = u.people.verifiers(BADGE), u.device_id()
        secret = proof.presented(device, badge=badge, number=None, pin=None)
        for kept in known:
            if self._verifier.matches(kept.hash, secret):
                return _offline(kept.person)
        return say(Code.NEEDS_CENTRE)

    def _pin_offline(self, number: str, pin: str) -> Person | Message:
        with self._store.look() as u:
            known, device = u.people.verifiers(PIN, number), u.device_id()
        if not known:
            return say(Code.NEEDS_CENTRE)
        person = known[0].person
        secret = proof.presented(device, badge=None, number=number, pin=pin)
        # Not inside a unit of work: checking takes tenths of a second, and the disk is wanted by others.
        right = self._verifier.matches(known[0].hash, secret)
        with self._store.unit() as u:
            if right:
                u.people.right_try(person.id, PIN)
                return _offline(person)
            left = u.people.wrong_try(person.id, PIN)
        return say(Code.WRONG_PIN, left=left) if left else say(Code.NEEDS_CENTRE)


def _offline(person: Person) -> Person:
    """The session of the last online sign-in goes on."""
    return replace(person, offline=True)


def _refusal(no: CentreRefused, wrong: Message) -> Message:
    if no.code in (ErrorCode.LOCKED, ErrorCode.RATE_LIMITED):
        seconds = no.retry_after_s or LOCKED_MINUTES * 60
        return say(Code.SIGN_IN_LOCKED, minutes=-(-seconds // 60))
    if no.code in (ErrorCode.WRONG_PIN, ErrorCode.NOT_FOUND, ErrorCode.INVALID):
        return wrong
    return say(Code.NEEDS_CENTRE)


def _left(detail: str) -> int:
    """How many tries the centre says are left; it says `4 left`. Of a number that nobody has it says nothing, and neither do we."""
    first = detail.partition(" ")[0]
    return int(first) if first.isdigit() else 4
