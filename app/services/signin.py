"""Who is at the device. Implements `api.SignIn`; called on the network worker, for the centre is asked first."""

from collections.abc import Callable

from app.core.messages import Code, Message, say
from app.core.outcome import Changes, Outcome
from app.core.storage import StorageTrouble
from app.core.views import Person, SignInView
from app.services.gate import DEADLINE_S, Gate
from app.services.ports import Centre, CentreAway, CentreRefused, Store
from app.services.tasks import KIND as TASK
from sync.contract.codes import JobKind

SIGNED_IN, SIGNED_OUT, LOCKED = "signed_in", "signed_out", "locked"

_PERSON = Changes(frozenset({"person"}))


class SignInService:
    """The session lives in the store and survives a restart. Owns only whether it was locked, for the day the disk is full."""

    def __init__(self, store: Store, centre: Centre, gate: Gate) -> None:
        self._store = store
        self._centre = centre
        self._gate = gate
        self._locked = False

    def view(self) -> Outcome[SignInView]:
        """See `api.SignIn`. Says once who was signed out by the centre."""
        try:
            with self._store.look() as u:
                told = u.people.dismissed()
            if told is not None:
                with self._store.unit() as u:
                    u.people.dismissed()
        except StorageTrouble:
            told = None
        return self._outcome(say(Code.SIGNED_OUT_BY_CENTRE, name=told) if told is not None else None)

    def badge(self, text: str) -> Outcome[SignInView]:
        """See `api.SignIn`."""
        return self._came(lambda: self._gate.by_badge(text))

    def pin(self, number: str, pin: str) -> Outcome[SignInView]:
        """See `api.SignIn`."""
        return self._came(lambda: self._gate.by_pin(number, pin))

    def sign_out(self) -> Outcome[SignInView]:
        """See `api.SignIn`."""
        try:
            self._leave()
        except StorageTrouble:
            return self._outcome(say(Code.STORAGE_FULL))
        return self._outcome(changes=_PERSON)

    def lock(self) -> Outcome[SignInView]:
        """See `api.SignIn`."""
        self._locked = True
        try:
            with self._store.unit() as u:
                if u.people.signed_in() is not None:
                    u.people.lock()
        except StorageTrouble:
            # Then it holds until the next start: a full disk must not open the device to everybody.
            pass
        return self._outcome()

    def _leave(self) -> None:
        """Nobody is here any more. What was not begun goes back, what was begun waits for whoever comes next."""
        self._locked = False
        with self._store.unit() as u:
            u.people.sign_out()
            for kind in (*JobKind, TASK):
                u.flows.put_down(str(kind))
            unstarted = [lease.lease_id for lease in u.leases.held() if not lease.started]
        if unstarted:
            try:
                self._centre.give_back(unstarted, DEADLINE_S)
            except (CentreAway, CentreRefused):
                # They run out by themselves; until then the next person here may take them.
                pass

    def _came(self, prove: Callable[[], Person | Message]) -> Outcome[SignInView]:
        try:
            who = prove()
            if isinstance(who, Message):
                return self._outcome(who)
            with self._store.look() as u:
                before, locked = u.people.signed_in(), self._locked or u.people.locked()
            if before is not None and before.id != who.id:
                self._leave()
            with self._store.unit() as u:
                u.people.sign_in(who)
        except StorageTrouble:
            return self._outcome(say(Code.STORAGE_FULL))
        self._locked = False
        again = locked and before is not None and before.id == who.id
        return self._outcome(say(Code.UNLOCKED if again else Code.SIGNED_IN, name=who.name), _PERSON)

    def _outcome(self, message: Message | None = None, changes: Changes | None = None) -> Outcome[SignInView]:
        try:
            with self._store.look() as u:
                person, locked = u.people.signed_in(), u.people.locked()
                view = SignInView(
                    recent=u.people.recent(), person=person, locked=bool(person) and (locked or self._locked)
                )
        except StorageTrouble:
            view, message = SignInView(locked=self._locked), say(Code.STORAGE_FULL)
        state = LOCKED if view.locked else SIGNED_IN if view.person else SIGNED_OUT
        return Outcome(state, view, message, changes or Changes())
