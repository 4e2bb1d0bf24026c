"""A store in a folder of its own, a clock in the test's hands, and pages of rows as the feed would bring them."""

from dataclasses import dataclass, field

import msgspec
import pytest

from app.core.views import Person
from app.store.store import Store
from app.store.sync_ports import sync_ports
from sync.client.ports import Identity
from sync.contract.rows import ENTITIES, ItemRow, PackCode
from sync.contract.wire import Change, PullReply

NAMES = {type: name for name, type in ENTITIES.items()}


@dataclass
class HandClock:
    """Time that only the test moves."""

    now: float = 1000.0
    wall: int = 1_800_000_000_000
    boot: str = "boot-1"

    def mono(self):
        return self.now

    def wall_ms(self):
        return self.wall

    def boot_id(self):
        return self.boot

    def pass_time(self, seconds):
        self.now += seconds
        self.wall += int(seconds * 1000)


@dataclass
class Feed:
    """The server's side of the rows: numbers versions, makes pages."""

    ver: int = 0
    at: str = ""
    sent: list = field(default_factory=list)

    def page(self, *rows, gone=(), **more):
        self.ver += 1
        changes = [Change(e=NAMES[type(r)], id=r.id, v=self.ver, d=msgspec.Raw(msgspec.json.encode(r))) for r in rows]
        changes += [Change(e=e, id=id, v=self.ver) for e, id in gone]
        before, self.at = self.at, f"c{self.ver}"
        return PullReply(
            from_=before, to=self.at, head=self.ver, more=False, changes=changes, epoch=1, server_time="",
            through=self.ver, **more,
        )  # fmt: skip


IDENTITY = Identity("dev-1", "MAIN", "cluster-1", 1, "ab" * 32, ("10.0.0.1:8443",))


@pytest.fixture(scope="session")
def new_clock():
    return HandClock


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def feed():
    return Feed()


@pytest.fixture
def identity():
    return IDENTITY


@pytest.fixture
def open_store(tmp_path, clock):
    """Opens the store of this test's folder; closes whatever is open at the end."""
    opened = []

    def make(folder=tmp_path / "data", reserve_bytes=4096):
        store = Store(folder, clock, reserve_bytes)
        opened.append(store)
        return store

    yield make
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store):
    return open_store()


@pytest.fixture
def ports(store):
    """The ports of a paired device."""
    ports = sync_ports(store)
    ports.meta.save_identity(IDENTITY)
    return ports


@pytest.fixture
def person():
    return Person("p1", "Ann", "17", frozenset({"picker"}), "nl", "session-1")


@pytest.fixture
def item():
    return ItemRow(
        id="SKU-1", name="Cup", codes=[PackCode(gtin="04006381333931"), PackCode(gtin="14006381333938", qty=6)]
    )
