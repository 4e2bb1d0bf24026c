"""The office of `parcels_whole`: orders in a real database, a server process that is killed, and what may be seen of both from outside."""

import json
import socket
import time
from datetime import timedelta
from pathlib import Path
from random import Random

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import URL, select, update

from oms.bootstrap import Oms, open_oms
from oms.db.work import Work
from oms.orders import actions as order_actions
from oms.orders.models import Order, OrderLine
from oms.packing.models import Parcel
from oms.people import trust
from oms.shipping.carriers.desk import ACTOR
from oms.shipping.carriers.models import Label, LabelState
from oms.shipping.carriers.open import enrol
from oms.shipping.carriers.purchases import LEASE
from sync.client.identity import own_key, public_hex
from sync.client.ports import Identity, Meta
from sync.contract import facts, proof, wire
from sync.contract.codes import OrderState, ParcelState
from tools.carrier_server import CarrierServer
from tools.soak._label_bench import LANE
from tools.soak._nursery import Nursery
from tools.soak._raw_log import RawLog
from tools.soak._warehouse import Warehouse

_OPEN = (LabelState.WANTED, LabelState.ASKED, LabelState.VOIDING)
#: Totes of one trip: as many jobs as a device may hold.
_TRIP = 3


class Shop:
    """Owns the orders in the database, and the server process that serves them and is killed."""

    def __init__(self, url: URL, folder: Path, carrier: CarrierServer, dice: Random) -> None:
        self.oms: Oms = open_oms(url)
        self.house = Warehouse(self.oms).build()
        self.oms.works.run(self.oms.site, ACTOR, lambda w: enrol(w, ["ACME"]))
        self.kills, self._dice, self._folder = 0, dice, folder
        self._picker = RawLog(self.house).known()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self._nursery = Nursery(
            "tools.soak._server_child",
            {
                "FLOORHAND_DATABASE_URL": url.render_as_string(hide_password=False),
                "FLOORHAND_CARRIER_ACME_URL": carrier.url,
                "FLOORHAND_CARRIER_ACME_KEY": carrier.key,
            },
        )
        self._spki = ""
        #: Whether the server runs, as far as anybody knows.
        self.up = False
        self.start()

    def start(self) -> None:
        """The server listens."""
        said = json.loads(self._nursery.start("--data", str(self._folder / "oms"), "--port", str(self._port)))
        self._spki = said["spki"]
        self.up = True

    def kill(self) -> None:
        """As a power cut does; and a new start, some leases of the carrier's desk later."""
        self.up = False
        self._nursery.kill()
        self.kills += 1
        time.sleep(self._dice.uniform(0.0, 0.5))
        self.hurry(nobody_asks=True)
        self.start()

    def close(self) -> None:
        """Server and connections end."""
        self._nursery.kill()
        self._nursery.close()
        self.oms.close()

    def let_in(self, meta: Meta) -> None:
        """Pairs a device without the network."""
        key: Ed25519PrivateKey = own_key(meta)
        code, public = self.house.code(), public_hex(key)
        signed = key.sign(proof.pairing(code, public, "bench")).hex()
        asked = wire.PairRequest(code=code, pubkey=public, label="bench", app="soak", signature=signed)
        id = self.house.act(lambda w: trust.pair(w, asked))
        where = (f"127.0.0.1:{self._port}",)
        me = self.oms
        meta.save_identity(Identity(id, me.site, me.cluster_id, me.epoch(), self._spki, where))

    def picked(self, count: int, begin: int) -> None:
        """So many more totes stand at the lane."""
        for first in range(begin, begin + count, _TRIP):
            numbers = range(first, min(first + _TRIP, begin + count))
            jobs = self.house.act(lambda w, of=numbers: [self._ordered(w, f"P-{n}") for n in of])  # type: ignore[misc]
            tokens = {one.item: one.token for one in self._picker.claim(want=_TRIP)}
            for n, job in zip(numbers, jobs, strict=True):
                tote = f"T-{n:05d}"
                for item in self.house.items_of(job):
                    fact = facts.PickConfirm(job=job, sku=item.sku, qty=item.qty_req, from_bin=item.from_bin, tote=tote)
                    self._picker.add(fact, item.id, tokens[item.id])
                self._picker.add(facts.JobDrop(job=job, tote=tote, lane=LANE))
            self._picker.push_all()

    def _ordered(self, w: Work, number: str) -> str:
        order = Order(
            site_id=w.site, number=number, state=OrderState.OPEN, placed_at=w.now, ship_name="Ada", ship_postcode="1017",
            ship_country="NL", carrier="ACME", service="std",
        )  # fmt: skip
        w.db.add(order)
        w.db.flush()
        for n, sku in enumerate(self._dice.sample(["TEA", "CUP"], self._dice.randint(1, 2)), 1):
            w.db.add(OrderLine(site_id=w.site, order_no=number, line_no=n, sku=sku, qty=1))
        w.db.flush()
        released = order_actions.release(w, number)
        assert released.job, released
        return released.job

    def hurry(self, nobody_asks: bool = False) -> None:
        """Time goes by for the carrier's desk: what it would ask again later is asked now; with `nobody_asks` also what a desk that is no
        more had taken."""

        def do(w: Work) -> None:
            mine = (Label.state.in_(_OPEN), Label.due_at > w.now)
            if not nobody_asks:
                mine = (*mine, Label.due_at < w.now + LEASE / 2)
            w.db.execute(update(Label).where(*mine).values(due_at=w.now - timedelta(seconds=1)))

        self.oms.works.run(self.oms.site, ACTOR, do)

    def labels(self) -> dict[str, Label]:
        """Parcel -> the purchase that counts."""
        with self.oms.sessions() as db:
            return {one.parcel_id: one for one in db.scalars(select(Label).where(Label.state != LabelState.VOID))}

    def parcels(self) -> list[Parcel]:
        """All that are not void; of an order that is done also the one ahead, which nothing goes into."""
        with self.oms.sessions() as db:
            return list(db.scalars(select(Parcel).where(Parcel.state != ParcelState.VOID)))
