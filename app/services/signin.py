"""Who is at the device. Implements `api.SignIn`; called on the network worker, for the centre is asked first."""

from app.core.messages import Code, Message, say
from app.core.outcome import Changes, Outcome
from app.core.storage import StorageTrouble
from app.core.views import Person, SignInView
from app.services.gate import DEADLINE_S, Gate
from app.services.ports import Centre, CentreAway, CentreRefused, Store
from sync.contract.codes import JobKind

SIGNED_IN, SIGNED_OUT = "signed_in", "signed_out"

_PERSON = Changes(frozenset({"person"}))


class SignInService:
    """Owns nothing: the session lives in the store and survives a restart."""

    def __init__(self, store: Store, centre: Centre, gate: Gate) -> None:
        self._store = store
        self._centre = centre
        self._gate = gate

    def view(self) -> Outcome[SignInView]:
        """See `api.SignIn`."""
        return self._outcome()

    def badge(self, text: str) -> Outcome[SignInView]:
        """See `api.SignIn`."""
        try:
            return self._came(self._gate.by_badge(text))
        except StorageTrouble:
            return self._outcome(say(Code.STORAGE_FULL))

    def pin(self, number: str, pin: str) -> Outcome[SignInView]:
        """See `api.SignIn`."""
        try:
            return self._came(self._gate.by_pin(number, pin))
        except StorageTrouble:
            return self._outcome(say(Code.STORAGE_FULL))

    def sign_out(self) -> Outcome[SignInView]:
        """See `api.SignIn`."""
        try:
            with self._store.unit() as u:
                u.people.sign_out()
                for kind in JobKind:
                    u.flows.put_down(kind.value)
                unstarted = [lease.lease_id for lease in u.leases.held() if not lease.started]
        except StorageTrouble:
            return self._outcome(say(Code.STORAGE_FULL))
        if unstarted:
            try:
                self._centre.give_back(unstarted, DEADLINE_S)
            except (CentreAway, CentreRefused):
                # They run out by themselves; until then the next person here may take them.
                pass
        return self._outcome(changes=_PERSON)

    def _came(self, who: Person | Message) -> Outcome[SignInView]:
        if isinstance(who, Message):
            return self._outcome(who)
        with self._store.unit() as u:
            u.people.sign_in(who)
        return self._outcome(say(Code.SIGNED_IN, name=who.name), _PERSON)

    def _outcome(self, message: Message | None = None, changes: Changes | None = None) -> Outcome[SignInView]:
        try:
            with self._store.look() as u:
                view = SignInView(recent=u.people.recent(), person=u.people.signed_in())
        except StorageTrouble:
            view, message = SignInView(), say(Code.STORAGE_FULL)
        state = SIGNED_IN if view.person else SIGNED_OUT
        return Outcome(state, view, message, changes or Changes())
