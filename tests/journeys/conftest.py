"""A real server in a thread, and real clients of it: what journeys of several people on one floor are walked with."""

import asyncio
import secrets
import socket
import threading
import time

import pytest
import uvicorn

from app.bootstrap import Client, Place, pair_place
from app.core.scan import ScanInput
from app.demo.link import Link
from app.demo.show import KeptInMemory
from app.screens.preferences import Preferences
from oms.api.app import make_app
from oms.api.scoping import at
from oms.bootstrap import open_oms
from oms.channels.sealing import Sealer
from oms.server_tls import server_identity
from oms.shipping.carriers.open import Carriers
from oms.telling import Telling
from sync.contract.pairing import PairingText
from tools.soak._warehouse import Warehouse

LONGEST_MS = 60_000


class Server:
    """The real application on uvicorn with TLS, in a thread."""

    def __init__(self, oms, tls, telling=None, carriers=None):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._oms, self.tls, self._telling, self._carriers = oms, tls, telling, carriers
        self._sealer = Sealer(secrets.token_bytes(32))
        self._thread = threading.Thread(target=lambda: asyncio.run(self._main()), daemon=True)
        self._ready = threading.Event()

    def start(self):
        self._thread.start()
        assert self._ready.wait(20)
        return self

    def stop(self):
        self._loop.call_soon_threadsafe(self._end)
        self._thread.join(15)
        assert not self._thread.is_alive()

    def _end(self):
        self._stopping.set()
        self._server.should_exit = True
        self._loop.call_later(0.5, self._hang_up)

    def _hang_up(self):
        # A client that keeps an idle connection does not answer a TLS goodbye.
        for transport in list(self._loop._transports.values()):
            transport.abort()
        self._loop.call_later(0.1, self._hang_up)

    async def _main(self):
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        config = uvicorn.Config(
            make_app(self._oms, self._stopping, carriers=self._carriers, sealer=self._sealer, telling=self._telling),
            host="127.0.0.1", port=self.port, ssl_keyfile=str(self.tls.key),
            ssl_certfile=str(self.tls.certificate), log_config=None, ws="none", timeout_graceful_shutdown=2,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        serving = asyncio.create_task(self._server.serve())
        while not self._server.started and not serving.done():  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        self._ready.set()
        await serving
        for transport in list(self._loop._transports.values()):
            transport.abort()
        await asyncio.sleep(0.1)


class Hand:
    """A person at a real client: scans, presses, and waits for the answer."""

    def __init__(self, client, until, link):
        self.client, self._until, self.link = client, until, link
        self._at = 0.0

    @property
    def shell(self):
        return self.client.shell

    @property
    def view(self):
        return self.shell.service_view()

    @property
    def refusal(self):
        return self.shell.presenter.refusal

    def until(self, true):
        self._until(lambda: true(self.view) if self.view is not None else False)

    def sign_in(self, badge="B-1"):
        self._until(lambda: self.shell.screen_name() == "signin" and self.client.centre.online())
        self.shell.on_scan(ScanInput(badge, self.client.clock.mono()))
        self._until(lambda: self.shell.screen_name() not in ("", "signin"))
        return self

    def scan(self, *texts):
        """Scans, each when the one before has its answer."""
        for text in texts:
            before = self.shell.answered()
            # No hand pulls the trigger twice within the time in which a scanner's echo comes.
            self._at = max(self.client.clock.mono(), self._at + 0.06)
            self.shell.on_scan(ScanInput(text, self._at))
            self._until(lambda before=before: self.shell.answered() > before)
        return self.view

    def open(self, text, true):
        """Scans what opens work; again, as people do, while the centre is too slow to give it."""
        for _ in range(10):
            if true(self.scan(text)):
                return self.view
            # Somebody else's claim may be on its way back.
            again = time.monotonic() + 0.5
            self._until(lambda again=again: time.monotonic() > again)
        raise AssertionError(f"{text} opens nothing: {self.refusal}")

    def go(self, screen):
        self.shell.go(screen)
        self._until(lambda: self.shell.screen_name() == screen and self.view is not None)
        return self.view

    def press(self, *intents):
        for intent in intents:
            self.shell.press(intent)

    def quiet(self):
        """Everything is with the centre, what was pressed last included."""
        rested = []
        self.shell.presenter.stage.store.submit(lambda: None, lambda _: rested.append(True))
        self._until(lambda: rested and self.client._status.online and not self._to_send())

    def _to_send(self):
        with self.client.store.look() as u:
            return u.journal.pending_count()


@pytest.fixture
def telling():
    """How the server tells of events; a journey with mails has its own."""
    return Telling()


@pytest.fixture
def carriers():
    """Carriers that are asked; a journey with one has its own."""
    return Carriers()


@pytest.fixture
def served(database_url, tmp_path, telling, carriers):
    """(warehouse, server) of one site with zone A; `warehouse.text(label, port)` pairs a device by an address, also at another `site`."""
    tls = server_identity(tmp_path / "tls")
    oms = open_oms(database_url, spki=tls.spki)
    house = Warehouse(oms).build()
    server = Server(oms, tls, telling, carriers).start()

    def text(label, port=server.port, site=None):
        code = Warehouse(at(oms, site)).code(label)
        return PairingText((f"127.0.0.1:{port}",), oms.cluster_id, tls.spki, code).text()

    house.text = text
    yield house, server
    server.stop()
    oms.close()


@pytest.fixture
def hands(qtbot, served, tmp_path):
    """Opens real clients behind links that can be cut; closes them all. `options` are those of `Place`; a place that was `paired` comes
    back with the data it had, and calls where it called before."""
    house, server = served
    opened, links = [], []

    def open_(name, *, paired=False, site=None, **options):
        link = Link(server.port)
        place = Place(tmp_path / name, name, **{"wedge": False, **options})
        if not paired:
            pair_place(place, house.text(name, link.port, site))
        client = Client(place, KeptInMemory(Preferences(volume=0)))
        client.start()
        opened.append(client)
        links.append(link)
        return Hand(client, lambda true: qtbot.waitUntil(lambda: bool(true()), timeout=LONGEST_MS), link)

    yield open_
    for client in opened:
        client.stop()
    for link in links:
        link.close()
