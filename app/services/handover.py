"""A dying device hands its work to another with the centre away. Implements `app.screens.handover.port`; called on the store worker.

Giving commits first that nothing more is done here, and shows only then. Taking commits what was taken, with the giver's facts in it.
"""

from collections.abc import Callable
from uuid import uuid4

import msgspec

from app.core.handover import Collected, HandOverView, Picture, Symbol, is_frame, split
from app.core.messages import Code, Message, say
from app.core.outcome import Changes, Outcome
from app.core.scan import ScanInput
from app.core.storage import StorageTrouble
from app.core.views import JobCard
from app.flows.handover import gathered
from app.services.cards import held_jobs, job_card
from app.services.handover_ports import HandOverStore, HandOverUnit, Keys
from sync.contract import handover as contract
from sync.contract.codes import JobKind
from sync.contract.facts import HandoverReceived, LeaseHandedOver
from sync.contract.handover import Fault, NotAHandOver, Opened

#: What a taker's screen shows, and a giver's scanner reads.
RECEIPT = "FHXR"
_DIGITS = 6
_CHANGED = Changes(frozenset({"job", "work", "status"}))
_FAULTS = {
    Fault.FORGED: Code.HAND_OVER_FORGED,
    Fault.TORN: Code.HAND_OVER_TORN,
    Fault.OTHER_SITE: Code.HAND_OVER_OTHER_SITE,
    Fault.OTHER_TIME: Code.HAND_OVER_OTHER_TIME,
    Fault.OWN: Code.HAND_OVER_OWN,
}
Answer = Outcome[HandOverView]


class _TooMuch(Exception):
    """More than fits into the pictures."""


class HandOverService:
    """Owns the pictures that are shown, and those of another device that are being gathered: at most one set each."""

    def __init__(self, store: HandOverStore, keys: Keys, draw: Callable[[str], Symbol]) -> None:
        self._store = store
        self._keys = keys
        self._draw = draw
        self._texts: tuple[str, ...] = ()
        self._minutes = 0
        self._taking = False
        self._collected = Collected()
        self._given = False
        self._took: HandOverView | None = None

    def enter(self) -> Answer:
        """The screen was opened: what was finished before is put away."""
        self._given, self._took = False, None
        return self.view()

    def view(self) -> Answer:
        """Where this device stands."""
        return self._outcome()

    def give(self) -> Answer:
        """Freezes all work held here, for good, and makes the pictures. Nothing is frozen when they could not be made."""
        try:
            with self._store.unit() as u:
                refused = self._frozen(u)
                texts, minutes = ((), 0) if refused else self._parcel(u)
        except _TooMuch:
            return self._outcome(say(Code.HAND_OVER_TOO_MUCH, n=self._waiting()))
        except StorageTrouble:
            return self._outcome(say(Code.STORAGE_FULL))
        if refused is not None:
            return self._outcome(refused)
        self._texts, self._minutes = texts, minutes
        return self._outcome(say(Code.HAND_OVER_READY), _CHANGED)

    def again(self) -> Answer:
        """The pictures of the hand-over given before, with what is left of its time now."""
        try:
            with self._store.look() as u:
                if u.hand_overs.outgoing() is None or u.hand_overs.credential() is None:
                    return self._outcome(say(Code.HAND_OVER_NOTHING))
                self._texts, self._minutes = self._parcel(u)
        except (StorageTrouble, _TooMuch):
            return self._outcome(say(Code.STORAGE_FULL))
        return self._outcome()

    def picture(self, number: int) -> Picture | None:
        """One of the pictures; None when it is no longer shown."""
        return Picture(number, self._draw(self._texts[number])) if number < len(self._texts) else None

    def stop(self) -> Answer:
        """No pictures any more; what was frozen stays so."""
        self._texts, self._given = (), False
        return self._outcome()

    def take(self) -> Answer:
        """This device is to gather another's pictures."""
        self._taking, self._collected, self._took = True, Collected(), None
        return self._outcome()

    def leave(self) -> Answer:
        """The pictures gathered so far are forgotten."""
        self._taking, self._collected, self._took = False, Collected(), None
        return self._outcome()

    def on_scan(self, scan: ScanInput) -> Answer:
        """A picture of another device, or its code for ours."""
        text = scan.text.strip()
        if is_frame(text):
            return self._gather(text)
        if self._texts:
            return self._confirm(text)
        if text.upper().startswith(RECEIPT) or self._taking:
            return self._outcome(say(Code.HAND_OVER_NO_PICTURE))
        return self._outcome(say(Code.NOT_NOW))

    # --- giving ---

    def _frozen(self, u: HandOverUnit) -> Message | None:
        """The fact first; or why nothing is given."""
        if u.hand_overs.credential() is None:
            return say(Code.NEEDS_CENTRE)
        if not any(u.hand_overs.worth_giving()):
            return say(Code.HAND_OVER_NOTHING)
        id = uuid4().hex
        u.record(LeaseHandedOver(handover=id, leases=u.hand_overs.begin(id)))
        u.hand_overs.freeze()
        return None

    def _parcel(self, u: HandOverUnit) -> tuple[tuple[str, ...], int]:
        """The texts of the pictures, and how many minutes of the work are left. Raises `_TooMuch`."""
        credential = u.hand_overs.credential()
        if credential is None:
            raise _TooMuch
        for items in (True, False):
            over, beside = u.hand_overs.parcel(items=items)
            core = contract.core_bytes(over)
            try:
                whole = contract.seal(core, beside, self._keys.sign(contract.to_sign(core)), credential)
                left = min((lease.left_ms for lease in over.leases), default=0)
                return split(whole), left // 60_000
            except (NotAHandOver, ValueError):
                continue
        raise _TooMuch

    def _confirm(self, text: str) -> Answer:
        code = text.upper().removeprefix(RECEIPT)
        try:
            with self._store.unit() as u:
                out = u.hand_overs.outgoing()
                if out is None or code != contract.confirmation(out.id):
                    return self._outcome(say(Code.HAND_OVER_WRONG_CODE))
                u.hand_overs.confirm()
        except StorageTrouble:
            return self._outcome(say(Code.STORAGE_FULL))
        self._texts, self._given = (), True
        return self._outcome(say(Code.HAND_OVER_CONFIRMED))

    # --- taking ---

    def _gather(self, text: str) -> Answer:
        self._taking, self._took = True, None
        self._collected, told = gathered(self._collected, text)
        if not self._collected.count or self._collected.missing:
            return self._outcome(told)
        whole, self._collected = self._collected.complete, Collected()
        if whole is None:
            return self._outcome(say(Code.HAND_OVER_TORN))
        try:
            return self._take(contract.open_sealed(whole))
        except (NotAHandOver, msgspec.MsgspecError):
            return self._outcome(say(Code.HAND_OVER_FORGED))
        except StorageTrouble:
            return self._outcome(say(Code.STORAGE_FULL))

    def _take(self, opened: Opened) -> Answer:
        over = opened.over
        with self._store.unit() as u:
            refused = self._refused(u, opened)
            before = any(one.id == over.id for one in u.hand_overs.taken())
            if refused is None and not before:
                fact = HandoverReceived(
                    handover=over.id, device=over.device, digest=opened.digest,
                    core=contract.pack_core(opened.core), signature=opened.signature,
                )  # fmt: skip
                u.record(fact)
                u.hand_overs.adopt(opened)
        if refused is not None:
            return self._outcome(refused)
        self._taking, self._took = False, self._receipt(opened)
        if before:
            return self._outcome(say(Code.HAND_OVER_TWICE))
        return self._outcome(say(Code.HAND_OVER_TAKEN, device=opened.credential.label), _CHANGED)

    def _refused(self, u: HandOverUnit, opened: Opened) -> Message | None:
        trust = u.hand_overs.trust()
        if trust is None or u.people.signed_in() is None:
            return say(Code.NEEDS_CENTRE)
        fault = contract.fault(opened, trust, self._keys.verifies)
        if fault is Fault.REVOKED:
            return say(Code.HAND_OVER_REVOKED, device=opened.credential.label)
        return say(_FAULTS[fault]) if fault else None

    def _receipt(self, opened: Opened) -> HandOverView:
        code = contract.confirmation(opened.over.id)
        minutes = min((lease.left_ms for lease in opened.over.leases), default=0) // 60_000
        return HandOverView(
            "taken", say(Code.HAND_OVER_CODE), code=code, receipt=self._draw(RECEIPT + code), giver=opened.credential.label,
            minutes=minutes,
        )  # fmt: skip

    # --- the answer ---

    def _outcome(self, message: Message | None = None, changes: Changes | None = None) -> Answer:
        view = self._now()
        return Outcome(view.page, view, message, changes or Changes())

    def _now(self) -> HandOverView:
        if self._took is not None:
            return self._took
        if self._texts:
            whole = self._texts[0][:12]
            return HandOverView(
                "show", say(Code.HAND_OVER_SHOW), count=len(self._texts), whole=whole, minutes=self._minutes
            )
        if self._given:
            return HandOverView("given", say(Code.HAND_OVER_CONFIRMED))
        if self._taking:
            have, of, missing = self._collected.have, self._collected.count, self._collected.missing
            return HandOverView("take", say(Code.HAND_OVER_TAKE), count=of, have=have, missing=missing)
        return self._start()

    def _start(self) -> HandOverView:
        jobs: tuple[JobCard, ...] = ()
        waiting, unconfirmed = 0, False
        try:
            with self._store.look() as u:
                jobs = tuple(job_card(u, job, started) for job, started in held_jobs(u, JobKind.PICK))
                waiting = u.hand_overs.worth_giving()[1]
                out = u.hand_overs.outgoing()
                unconfirmed = out is not None and not out.confirmed
        except StorageTrouble:
            return HandOverView("start", say(Code.STORAGE_FULL))
        return HandOverView("start", say(Code.HAND_OVER_START), jobs=jobs, waiting=waiting, unconfirmed=unconfirmed)

    def _waiting(self) -> int:
        with self._store.look() as u:
            return u.hand_overs.worth_giving()[1]
