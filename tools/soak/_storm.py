"""Pushes over HTTPS without pause from several devices, which repeat each one until it is answered: who kills servers listens here."""

import secrets
import threading
import time
from datetime import timedelta
from hashlib import sha256
from types import TracebackType
from typing import Self

import httpx2
import msgspec

from oms.db.work import Work
from oms.people.models import AccessToken
from sync.client.http import pinned_context
from sync.contract import wire
from sync.contract.facts import ScanRefused
from tools.soak._raw_log import RawLog
from tools.soak._warehouse import Warehouse

_OPS = 5
_PATIENCE_S = 60.0


def bearer(house: Warehouse, device: str) -> str:
    """A token as the server makes it, good for a day."""
    token = secrets.token_urlsafe(32)

    def act(w: Work) -> None:
        kept = sha256(token.encode()).hexdigest()
        w.db.add(AccessToken(token_hash=kept, device_id=device, issued_at=w.now, expires_at=w.now + timedelta(days=1)))

    house.act(act)
    return token


class _Lane(threading.Thread):
    """One device. Owns its log; `acked` grows by what a 200 has named."""

    def __init__(self, house: Warehouse, base: str, spki: str, over: threading.Event, news: threading.Event) -> None:
        super().__init__(name="storm lane", daemon=True)
        self.log = RawLog(house).known()
        self.acked: set[str] = set()
        self._base = base
        self._context = pinned_context(spki)
        self._bearer = bearer(house, self.log.id)
        self._over, self._news = over, news

    def run(self) -> None:
        while not self._over.is_set():
            for _ in range(_OPS):
                self.log.add(ScanRefused(job=None, text="?", code="unknown_code"))
            request = msgspec.json.encode(self.log.request(self.log.acked + 1, _OPS))
            while (reply := self._sent(request)) is None:
                time.sleep(0.02)
            self.log.acked = reply.last_seq
            self.acked |= {result.op_id for result in reply.results}
            self._news.set()

    def _sent(self, request: bytes) -> wire.PushReply | None:
        """The answer, or None when there was none."""
        headers = {"authorization": f"Bearer {self._bearer}", "content-type": "application/json"}
        try:
            # A connection each: what a kill does to connections that are kept is the client's business, not this one's.
            with httpx2.Client(base_url=self._base, verify=self._context, trust_env=False, timeout=10) as http:
                answer = http.post("/v1/sync/push", content=request, headers=headers)
        except httpx2.HTTPError:
            return None
        return msgspec.json.decode(answer.content, type=wire.PushReply) if answer.status_code == 200 else None


class Storm:
    """Owns the lanes of one storm. As a context it begins and ends."""

    def __init__(self, house: Warehouse, port: int, spki: str, lanes: int) -> None:
        self._over, self._news = threading.Event(), threading.Event()
        base = f"https://127.0.0.1:{port}"
        self._lanes = [_Lane(house, base, spki, self._over, self._news) for _ in range(lanes)]

    def __enter__(self) -> Self:
        for lane in self._lanes:
            lane.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._over.set()

    def wait_for_news(self) -> None:
        """Returns when something was acknowledged from now on. Raises `TimeoutError`."""
        self._news.clear()
        if not self._news.wait(_PATIENCE_S):
            raise TimeoutError("nothing is acknowledged any more")

    def acked(self) -> set[str]:
        """Ops that a server has answered 200 for."""
        return {op_id for lane in self._lanes for op_id in tuple(lane.acked)}

    def made(self) -> set[str]:
        """All ops there are."""
        return {op.op_id for lane in self._lanes for op in lane.log.ops}

    def finish(self) -> None:
        """No new ops; returns when all there are have been answered. Raises `TimeoutError`."""
        self._over.set()
        for lane in self._lanes:
            lane.join(_PATIENCE_S)
            if lane.is_alive():
                raise TimeoutError("a push is never answered")
