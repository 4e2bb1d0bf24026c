"""What a packer does beside packing: has units fetched, puts a tote aside, opens a parcel again. The part of `services.pack` for these."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from msgspec import Struct

from app.core.facts import HoldReason, PhotoOf, ReopenReason, ShortReason
from app.core.messages import Code, Message, say
from app.core.outcome import Outcome
from app.core.scan import ScanFields, ScanKind, ScanMeaning
from app.core.storage import StorageTrouble
from app.core.views import ItemCard, PackStep, PackView
from app.flows import pack_events as events
from app.flows.commands import PackCommand, read_pack
from app.flows.pack_state import BEFORE_LABEL, PackState
from app.services import pack_join, pack_open, pack_photo
from app.services.camera import NotAPicture, Picture
from app.services.cards import item_card, lines_of
from app.services.gate import SUPERVISES, Gate
from app.services.overlay import Overlay
from app.services.pack_ports import Bench
from app.services.ports import Centre, CentreAway, CentreRefused, Store, UnitOfWork
from sync.contract.bench import ReopenReply, ReopenRequest
from sync.contract.codes import BinKind, JobKind, JobState, ParcelState, Substitution
from sync.contract.rows import BinRow, ItemRow, JobRow, OrderRow, ParcelRow, WorkRow

P = TypeVar("P", bound=Struct)
Answer = Outcome[PackView]
MakeEvent = Callable[[UnitOfWork, PackState], events.Event | None]
FindState = Callable[[UnitOfWork], PackState | None]

#: How long the centre may take to open a parcel; the bench does not stand still meanwhile.
REOPEN_S = 10.0
#: Where what was sent for can join.
_WAITS = (PackStep.UNITS, PackStep.GOODS)
#: Refusals after which it may be asked once more: with a badge, or when the office has heard of the parcel.
_ASK_AGAIN = (Code.NEEDS_SUPERVISOR, Code.PARCEL_STILL_OPEN)
_LABELS = (PackStep.LABEL, PackStep.LABEL_UNSURE, PackStep.SCAN_BACK)
#: While a parcel lies on the bench that a picture can be of.
_PICTURED = (*BEFORE_LABEL, *_LABELS, PackStep.HOLD)


@dataclass(slots=True)
class Opening:
    """A parcel that the centre is asked to open, and what it said: `answer` None means that it is open. `final`: it will not say otherwise
    later. Written by one thread until `answered`, and by nobody after."""

    parcel: str
    reason: ReopenReason
    badge: str | None
    answer: Message | None = None
    final: bool = False
    answered: bool = False


class BenchCentre(Centre, Protocol):
    """The centre, as a bench asks it."""

    def post(self, path: str, body: Struct, reads: type[P], timeout_s: float) -> P:
        """Asks a route of the centre; raises `CentreAway` or `CentreRefused`."""


class PackActs:
    """Owns which closed parcel somebody wants to open again, and what the centre says of it."""

    _bench: Bench
    _store: Store
    _centre: BenchCentre
    _gate: Gate
    _shown: PackView
    _reopening: str | None = None
    _opening: "Opening | None" = None

    # What `PackService` gives.
    def _do(self, make: MakeEvent, at: float | None = None, job_of: FindState | None = None) -> Answer:
        raise NotImplementedError

    def _standing(self, u: UnitOfWork, message: Message | None = None) -> Answer:
        raise NotImplementedError

    def _read(self, look: Callable[[UnitOfWork], Answer], message: Message | None = None) -> Answer:
        raise NotImplementedError

    def _open(self, meaning: ScanMeaning) -> Answer | None:
        raise NotImplementedError

    def _active(self, u: UnitOfWork) -> PackState | None:
        raise NotImplementedError

    def _stuck(self) -> Answer:
        raise NotImplementedError

    # --- fetched, put aside ---

    def fetch(self, reason: ShortReason) -> Answer:
        """See `api.Pack`."""
        return self._do(lambda u, state: events.FetchHot(reason))

    def fetch_other(self) -> Answer:
        """See `api.Pack`."""

        def make(u: UnitOfWork, state: PackState) -> events.Event | None:
            found = others(u, state)
            if not found:
                return events.FetchHot(ShortReason.NOT_FOUND, "-", allowed=False)
            return events.FetchHot(ShortReason.NOT_FOUND, found[0].sku, found[0].name)

        return self._do(make)

    def hold(self) -> Answer:
        """See `api.Pack`."""
        return self._do(lambda u, state: events.AskHold())

    def hold_for(self, reason: HoldReason) -> Answer:
        """See `api.Pack`."""
        return self._do(lambda u, state: events.GiveHold(reason))

    def join(self) -> Answer:
        """See `api.Pack`."""
        return self._do(lambda u, state: events.AskJoin(bool(pack_join.offers(u, state))))

    def part(self) -> Answer:
        """See `api.Pack`."""
        return self._do(lambda u, state: events.Part())

    def photo(self, of: PhotoOf, path: str = "") -> Answer:
        """See `api.Pack`."""
        camera = self._bench.camera
        try:
            taken = (camera.of_file(path) if path else camera.newest()) if camera else None
        except NotAPicture as no:
            return self._read(self._standing, say(Code.PHOTO_BAD, reason=no.reason))
        if taken is None:
            return self._read(self._standing, say(Code.NO_PHOTO))
        return self._with_picture(taken, of)

    def _with_picture(self, taken: Picture, of: PhotoOf) -> Answer:
        def make(u: UnitOfWork, state: PackState) -> events.Event | None:
            return pack_photo.kept(u, taken, of) if state.step in _PICTURED else None

        try:
            with self._store.look() as u:
                full = u.photos.count() >= pack_photo.MOST_WAITING
        except StorageTrouble:
            return self._stuck()
        if full:
            return self._read(self._standing, say(Code.PHOTO_BAD, reason="too_many"))
        done = self._do(make)
        if done.message is not None and done.message.code is Code.PHOTO_KEPT and self._bench.later is not None:
            self._bench.later.wake()
        return done

    def _refused_to_join(self, meaning: ScanMeaning) -> Answer | None:
        """Asks for the right to another order's tote that goes along; the answer, when there is none to be had."""
        try:
            with self._store.look() as u:
                state = self._active(u)
                wanted = pack_join.to_claim(u, state, opened_tote(u, meaning)) if state else None
        except StorageTrouble:
            return self._stuck()
        why = pack_open.claim(self._centre, wanted.tote, wanted.job) if wanted else None
        return self._read(self._standing, why) if why else None

    def _came(self) -> Answer | None:
        """Goes on with what was sent for once it is here, or is known not to come; None when nothing is new."""
        if self._shown.step not in _WAITS or not self._shown.awaited:
            return None
        try:
            with self._store.unit() as u:
                state = self._active(u)
                news = goods_news(u, state) if state else None
                if state is None or news is None:
                    return None
                _adopt(u, state, news)
        except StorageTrouble:
            return None
        return self._do(lambda u, state: goods_news(u, state))

    def close_parcel(self) -> Answer:
        """See `api.Pack`."""
        raise NotImplementedError

    def _own_command(self, text: str) -> Answer | None:
        """A command barcode that only a bench has; None when it is another."""
        read = read_pack(text)
        if read is None:
            return None
        command, why = read
        match command:
            case PackCommand.FETCH:
                return self.fetch(ShortReason.DAMAGED if why == "damaged" else ShortReason.NOT_FOUND)
            case PackCommand.OTHER:
                return self.fetch_other()
            case PackCommand.ASIDE:
                return self.hold_for(HoldReason(why)) if why in set(HoldReason) else self.hold()
            case PackCommand.REOPEN:
                return self.reopen(ReopenReason(why)) if why in set(ReopenReason) else self.ask_reopen()
            case PackCommand.FULL:
                return self.close_parcel()
            case PackCommand.PAPERS:
                return self.papers()
            case PackCommand.JOIN:
                return self.join()
            case PackCommand.PART:
                return self.part()
            case PackCommand.PHOTO:
                return self.photo(PhotoOf(why) if why in set(PhotoOf) else PhotoOf.PARCEL)

    def papers(self) -> Answer:
        """See `api.Pack`."""
        later = self._bench.later
        asked = later is not None and later.again(self._shown.parcel)
        return self._read(self._standing, say(Code.PAPERS_COMING if asked else Code.NO_PAPERS))

    # --- opened again ---

    def _opened_elsewhere(self) -> Answer | None:
        """Somebody has opened the parcel on the bench at another one: it is no more. None when nobody has."""
        if self._shown.step not in _LABELS or self._shown.sscc is None:
            return None
        try:
            with self._store.look() as u:
                state = self._active(u)
                row = u.rows.get(ParcelRow, state.parcel) if state else None
                again = row is not None and row.state is ParcelState.VOID and u.rows.find(JobRow, "tote", row.sscc)
        except StorageTrouble:
            return None
        return self._do(lambda u, state: events.Reopened()) if again else None

    def ask_reopen(self) -> Answer:
        """See `api.Pack`."""

        def look(u: UnitOfWork) -> Answer:
            state = self._active(u)
            if state is None or state.step not in _LABELS:
                return self._standing(u, say(Code.NOT_NOW))
            self._reopening = state.sscc
            return self._standing(u)

        return self._read(look)

    def reopen(self, reason: ReopenReason, badge: str | None = None) -> Answer:
        """See `api.Pack`."""
        if self._reopening is None or self._opening is not None:
            return self._read(self._standing, say(Code.NOT_NOW))
        self._opening = Opening(self._reopening, reason, badge)
        return self._read(self._standing)

    def ask_centre(self) -> None:
        """See `api.Pack`. Touches nothing of the bench but what was asked for."""
        asked = self._opening
        if asked is None or asked.answered:
            return
        answer: Message | None = say(Code.NEEDS_CENTRE)
        try:
            session = self._session(asked.badge)
            if isinstance(session, Message):
                answer = session
            else:
                answer = self._refused_by_centre(asked, session)
                if answer is None:
                    pack_open.claim(self._centre, asked.parcel)
        except StorageTrouble:
            answer = say(Code.STORAGE_FULL)
        finally:
            asked.answer, asked.answered = answer, True

    def opened(self) -> Answer:
        """See `api.Pack`."""
        asked = self._opening
        if asked is None or not asked.answered:
            return self._read(self._standing)
        self._opening = None
        if asked.answer is None:
            try:
                return self._reopened(asked.parcel)
            except StorageTrouble:
                return self._stuck()
        if asked.final:
            self._reopening = None
        return self._read(self._standing, asked.answer)

    def _session(self, badge: str | None) -> str | Message:
        """In whose name it is asked: the person's here, or the supervisor's whose badge it is."""
        if badge is None:
            with self._store.look() as u:
                person = u.people.signed_in()
            return person.session or "" if person else say(Code.NOT_ALLOWED)
        boss = self._gate.by_badge(badge)
        if isinstance(boss, Message):
            return boss
        return boss.session or "" if SUPERVISES & boss.roles else say(Code.NOT_ALLOWED)

    def _refused_by_centre(self, asked: "Opening", session: str) -> Message | None:
        """Why not; None when it is done."""
        body = ReopenRequest(parcel=asked.parcel, session=session, reason=asked.reason)
        try:
            reply = self._centre.post("/v1/parcels/reopen", body, ReopenReply, REOPEN_S)
        except CentreAway:
            return say(Code.NEEDS_CENTRE)
        except CentreRefused:
            return say(Code.NOT_ALLOWED)
        if reply.reason is None:
            return None
        asked.final = reply.reason not in _ASK_AGAIN
        return say(Code(reply.reason)) if reply.reason in set(Code) else say(Code.NOT_NOW)

    def _reopened(self, parcel: str) -> Answer:
        """The goods are on the bench again, in the tote that is named after the parcel."""
        self._reopening = None
        self._do_on_bench(parcel)
        with self._store.unit() as u:
            u.flows.put_down(JobKind.PACK.value)
        opened = self._open(tote_named(parcel))
        if opened is None:
            return self._read(self._standing, say(Code.PARCEL_REOPENED))
        return Outcome(opened.state, opened.view, say(Code.PARCEL_REOPENED), opened.changes)

    def _do_on_bench(self, parcel: str) -> None:
        """The parcel on the bench is no more, if it is that one."""
        with self._store.look() as u:
            state = self._active(u)
        if state is not None and state.sscc == parcel:
            self._do(lambda u, state: events.Reopened())


def tote_named(sscc: str) -> ScanMeaning:
    """The tote that the goods of an opened parcel are in, as if it had been scanned."""
    return ScanMeaning(ScanKind.TOTE, sscc, ScanFields(sscc))


def opened_tote(u: UnitOfWork, meaning: ScanMeaning) -> ScanMeaning:
    """A label of a parcel that was opened again stands for the tote its goods are in; anything else is what it is."""
    row = u.rows.get(ParcelRow, meaning.id) if meaning.kind is ScanKind.PARCEL else None
    jobs = u.rows.find(JobRow, "tote", row.sscc) if row is not None and row.state is ParcelState.VOID else []
    again = any(job.state in (JobState.OPEN, JobState.ACTIVE) for job in jobs)
    return tote_named(row.sscc) if row is not None and again else meaning


def closed_parcel(u: UnitOfWork, meaning: ScanMeaning) -> str | None:
    """The SSCC of the parcel whose label was scanned; None when it was something else."""
    if meaning.kind is not ScanKind.PARCEL:
        return None
    row = u.rows.get(ParcelRow, meaning.id)
    return row.sscc if row else meaning.id


def may_stand(u: UnitOfWork, place: str) -> bool:
    """Whether totes are put aside there: where problems go, or at a lane on a site that has no such place."""
    row = u.rows.get(BinRow, place)
    if row is None:
        return False
    return row.kind is BinKind.PROBLEM or (
        row.kind is BinKind.LANE and not any(bin.kind is BinKind.PROBLEM for bin in u.rows.all(BinRow))
    )


def others(u: UnitOfWork, state: PackState) -> tuple[ItemCard, ...]:
    """What the customer takes in place of the item in hand, best first."""
    order = u.rows.get(OrderRow, state.order)
    item = u.rows.get(ItemRow, state.line.sku) if state.line else None
    if item is None or order is None or order.substitution is not Substitution.ALLOWED:
        return ()
    return tuple(item_card(u, sku) for sku in item.substitutes if u.rows.get(ItemRow, sku))


def goods_news(u: UnitOfWork, state: PackState) -> events.GoodsCame | None:
    """What is new of goods that were sent for; None when nothing is."""
    row = u.rows.get(JobRow, state.job)
    if row is None or state.step not in _WAITS:
        return None
    awaited, lines = Overlay.of(u, state.job).job(row).awaited, lines_of(u, state.job)
    known = {line.item for line in state.lines}
    if awaited == state.awaited and all(line.item in known for line in lines):
        return None
    return events.GoodsCame(lines, awaited)


def mark(u: UnitOfWork, job: JobRow, state: PackState | None) -> str | None:
    """What to say of a tote that was put down: it stands aside, or waits for goods that were sent for, which may be here."""
    if state is None:
        return None
    if state.step is PackStep.ASIDE:
        return "aside"
    if not state.awaited:
        return None
    return "fetching" if Overlay.of(u, job.id).job(job).awaited else "goods_here"


def _adopt(u: UnitOfWork, state: PackState, news: events.GoodsCame) -> None:
    """Takes the rights to work that the centre has put into the job."""
    known = {line.item for line in state.lines}
    for line in news.lines:
        row = u.rows.get(WorkRow, line.item) if line.item not in known else None
        if row is not None and row.holder == u.device_id():
            u.leases.adopt(row.id, row.job, row.token)
