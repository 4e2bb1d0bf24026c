"""Carriers' lists at the desk: what is ready, closing one, its paper. Implements `load_ports.Manifests`."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from app.core.clock import Clock
from app.core.messages import Code, Message, say
from app.core.outcome import Outcome
from app.core.storage import StorageTrouble
from app.core.views_load import CarrierDay, ManifestCard, ManifestsView
from app.services.gate import SUPERVISES
from app.services.load_papers import DockLists, ListKind, fetch_paper
from app.services.load_ports import Asked, Papers
from app.services.load_rows import Standing, unlisted
from app.services.ports import CentreAway, CentreRefused, Store, UnitOfWork
from sync.contract.codes import ParcelState
from sync.contract.rows import ParcelRow
from sync.contract.shipping import CloseManifestRequest, ManifestRow, ManifestsReply, ManifestsRequest

T = TypeVar("T")
FETCH_S = 5.0
CLOSE_S = 15.0
_ON_THE_BENCH = (ParcelState.LABEL_PENDING, ParcelState.LABEL_PRINTED, ParcelState.LABEL_UNSURE)

Answer = Outcome[ManifestsView]


class ManifestsService:
    """Owns the lists of the day as they were last heard."""

    def __init__(self, store: Store, asked: Asked, papers: Papers, clock: Clock, lists: DockLists) -> None:
        self._store, self._asked, self._papers, self._clock, self._lists = store, asked, papers, clock, lists
        self._heard: tuple[ManifestRow, ...] | None = None

    def view(self) -> Answer:
        """See the port."""
        return self._answer(None)

    def fetch(self) -> Answer:
        """See the port."""
        reply = self._said(lambda session: self._day(session))
        if isinstance(reply, Message):
            return self._answer(reply)
        self._heard = tuple(reply.manifests)
        return self._answer(None)

    def close(self, carrier: str) -> Answer:
        """See the port."""
        body = "/v1/shipping/manifests/close"
        reply = self._said(
            lambda session: self._asked.post(
                body, CloseManifestRequest(session=session, carrier=carrier), ManifestsReply, CLOSE_S
            )
        )
        if isinstance(reply, Message):
            return self._answer(reply)
        if not reply.manifests:
            return self._answer(say(Code.NOTHING_TO_HAND_OVER, carrier=carrier))
        made = reply.manifests[0]
        known = {row.id for row in reply.manifests}
        self._heard = (*(row for row in self._heard or () if row.id not in known), *reply.manifests)
        try:
            with self._store.unit() as u:
                for row in reply.manifests:
                    self._lists.owe(u, ListKind.MANIFEST, row.id)
        except StorageTrouble:
            return self._answer(say(Code.STORAGE_FULL))
        return self._answer(say(Code.MANIFEST_CLOSED, n=made.parcels, carrier=carrier))

    def paper(self, id: str, why: str = "") -> Answer:
        """See the port."""
        row = next((row for row in self._heard or () if row.id == id), None)
        if row is None:
            return self._answer(say(Code.NOT_NOW))
        try:
            told = self._lists.asked(ListKind.MANIFEST, id, why)
        except StorageTrouble:
            return self._answer(say(Code.STORAGE_FULL))
        name = f"{row.carrier}-{row.day}-{row.n}.pdf"
        return self._answer(told or fetch_paper(self._asked, self._papers, ListKind.MANIFEST, id, name))

    def _day(self, session: str) -> ManifestsReply:
        return self._asked.post(
            "/v1/shipping/manifests", ManifestsRequest(session=session, day=self._today()), ManifestsReply, FETCH_S
        )

    def _today(self) -> str:
        return datetime.fromtimestamp(self._clock.wall_ms() / 1000, UTC).astimezone().date().isoformat()

    def _said(self, ask: Callable[[str], T]) -> T | Message:
        """What the centre answers to a supervisor, or why not."""
        try:
            with self._store.look() as u:
                person = u.people.signed_in()
        except StorageTrouble:
            return say(Code.STORAGE_FULL)
        if person is None or not SUPERVISES & person.roles:
            return say(Code.NOT_ALLOWED)
        if not person.session or not self._asked.online():
            return say(Code.NEEDS_CENTRE)
        try:
            return ask(person.session)
        except CentreAway:
            return say(Code.NEEDS_CENTRE)
        except CentreRefused:
            return say(Code.NOT_ALLOWED)

    def _answer(self, message: Message | None) -> Answer:
        try:
            with self._store.look() as u:
                carriers = _carriers(u)
                closed = tuple(self._card(u, row) for row in reversed(self._heard or ()))
        except StorageTrouble:
            carriers, closed, message = (), (), say(Code.STORAGE_FULL)
        view = ManifestsView("" if self._heard is None else self._today(), carriers, closed)
        return Outcome("manifests", view, message)

    def _card(self, u: UnitOfWork, row: ManifestRow) -> ManifestCard:
        paper = self._lists.stands(u, ListKind.MANIFEST, row.id)
        return ManifestCard(row.id, row.carrier, row.n, row.state.value, row.parcels, row.grams, row.problem, paper)


def _carriers(u: UnitOfWork) -> tuple[CarrierDay, ...]:
    ready = unlisted(parcel for parcel in Standing(u).waiting() if parcel.carrier)
    bench = Counter(row.carrier for row in u.rows.all(ParcelRow) if row.state in _ON_THE_BENCH and row.carrier)
    return tuple(CarrierDay(carrier, ready[carrier], bench[carrier]) for carrier in sorted({*ready, *bench}))
