"""The centre behind `app.services.ports.Centre`: questions a person waits for, asked through the sync thread."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import TimeoutError as FutureTimeout
from typing import TypeVar
from urllib.parse import quote

import msgspec
from msgspec import Struct

from app.services.ports import CentreAway, CentreRefused
from app.store.store import Store
from sync.client.driver import SyncThread
from sync.client.status import (
    Answer,
    Ask,
    ClaimJob,
    FetchPaper,
    GiveBack,
    Paper,
    PostToDesk,
    Refused,
    ReleaseOrders,
    SignIn,
    Unreachable,
)
from sync.contract.codes import JobKind
from sync.contract.rows import JobRow, WorkRow
from sync.contract.shipping import LabelReply, LabelRequest
from sync.contract.wire import ClaimReply, ReleaseOrdersReply, ReleaseReply, SessionReply

P = TypeVar("P", bound=Struct)

#: Usual questions are answered at once.
_SILENCE_S = 5.0
#: The sync thread ends every question itself; this much later we stop believing that it will.
_GRACE_S = 2.0


class SyncCentre:
    """Asks through one device's `SyncThread`. Its calls block: the network worker makes them, never the GUI."""

    def __init__(self, sync: SyncThread, store: Store, online: Callable[[], bool]) -> None:
        self._sync = sync
        self._store = store
        self._online = online
        self._rows_changed = threading.Condition()

    def rows_changed(self) -> None:
        """New rows are in the store; called in the sync thread."""
        with self._rows_changed:
            self._rows_changed.notify_all()

    def online(self) -> bool:
        """See the port."""
        return self._online()

    def sign_in(
        self, *, badge: str | None = None, number: str | None = None, pin: str | None = None, timeout_s: float
    ) -> SessionReply:
        """See the port."""
        return self._ask(SignIn(badge, number, pin), SessionReply, timeout_s)

    def claim_tote(self, tote: str, timeout_s: float) -> ClaimReply:
        """See the port."""
        # A tote whose pick is not over here may be anybody's pick again: a bench has no use for that.
        return self._claim(ClaimJob(tote=tote, kinds=(JobKind.PACK.value,)), timeout_s)

    def claim_job(self, job: str, timeout_s: float) -> ClaimReply:
        """See the port."""
        return self._claim(ClaimJob(job=job), timeout_s)

    def take_over(self, job: str, timeout_s: float) -> ClaimReply:
        """See the port."""
        return self._claim(ClaimJob(job=job, take_over=True), timeout_s)

    def _claim(self, ask: ClaimJob, timeout_s: float) -> ClaimReply:
        """The leases come with the answer, the rows with the feed: waits for both."""
        end = time.monotonic() + timeout_s
        reply = self._ask(ask, ClaimReply, timeout_s)
        with self._rows_changed:
            while not self._have(reply):
                left = end - time.monotonic()
                if left <= 0:
                    raise CentreAway
                self._rows_changed.wait(left)
        return reply

    def give_back(self, lease_ids: Sequence[str], timeout_s: float) -> None:
        """See the port."""
        self._ask(GiveBack(tuple(lease_ids)), ReleaseReply, timeout_s)

    def let_go(self, lease_ids: Sequence[str]) -> None:
        """See the port."""
        self._sync.let_go(lease_ids)

    def release_orders(self, orders: Sequence[str], session: str, timeout_s: float) -> ReleaseOrdersReply:
        """See the port."""
        return self._ask(ReleaseOrders(tuple(orders), session), ReleaseOrdersReply, timeout_s)

    def post(self, path: str, body: Struct, reads: type[P], timeout_s: float) -> P:
        """See `app.services.supervising.DeskCentre`."""
        # Whoever may wait longer has asked for something that takes longer, with nothing to hear meanwhile.
        ask = PostToDesk(path, msgspec.json.encode(body), reads, max(_SILENCE_S, timeout_s))
        return self._ask(ask, reads, timeout_s)

    def label(self, parcel: str, timeout_s: float) -> LabelReply:
        """See `app.services.pack_ports.ShippingDesk`."""
        return self.post("/v1/shipping/label", LabelRequest(parcel=parcel), LabelReply, timeout_s)

    def paper(self, kind: str, key: str, timeout_s: float) -> bytes:
        """See `app.services.pack_ports.ShippingDesk` and `app.services.load_ports.Asked`."""
        return self._ask(
            FetchPaper(f"/v1/documents/{quote(kind, safe='')}/{quote(key, safe='')}"), Paper, timeout_s
        ).body

    def _have(self, reply: ClaimReply) -> bool:
        with self._store.look() as u:
            return all(u.rows.get(WorkRow, lease.item) and u.rows.get(JobRow, lease.job) for lease in reply.leases)

    def _ask(self, ask: Ask, kind: type[P], timeout_s: float) -> P:
        try:
            answer: Answer = self._sync.request(ask, timeout_s).result(timeout_s + _GRACE_S)
        except (Unreachable, FutureTimeout):
            raise CentreAway from None
        except Refused as no:
            raise CentreRefused(no.code, no.detail, no.retry_after_s) from None
        if not isinstance(answer, kind):
            raise TypeError(f"{type(ask).__name__} was answered with {type(answer).__name__}")
        return answer
