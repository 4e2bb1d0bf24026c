"""The office of all scenarios of one process: one real OMS behind TLS, and a fresh site in its database for each scenario."""

import itertools
from dataclasses import replace

from sqlalchemy import select

from app.store.store import Store
from app.store.sync_ports import sync_ports
from app.wiring.clock import SystemClock
from oms.bootstrap import open_oms
from oms.catalog.models import Site
from oms.db.work import Actor
from oms.people import trust
from oms.people.models import Device
from oms.server_tls import server_identity
from oms.verify import verify
from sync.client.identity import own_key, public_hex
from sync.client.ports import Identity
from sync.contract import proof
from sync.contract.wire import PairRequest
from tests.journeys.conftest import Server
from tests.scenarios.hall import Hall


class Office:
    """The server and its database. `new_hall` opens a site of its own; what is asked of the server by desks (board, waves, releases)
    is about the newest."""

    def __init__(self, url, folder):
        self._tls = server_identity(folder)
        self._oms = open_oms(url, spki=self._tls.spki)
        self._server = Server(self._oms, self._tls).start()
        self._numbers = itertools.count(1)
        self._seen = set()
        self.port = self._server.port

    def close(self):
        self._server.stop()
        self._oms.close()

    def new_hall(self):
        """A site with goods, bins and people that no scenario has touched."""
        site = f"hall-{next(self._numbers)}"

        def open_(w):
            w.db.add(Site(id=site, name=site))
            w.db.flush()
            w.touch("site", site)

        self._oms.works.run(site, Actor("test"), open_)
        # One server serves one site; devices are served by their own. Everything else asks for the scenario that plays now.
        object.__setattr__(self._oms, "site", site)
        return Hall(replace(self._oms, site=site)).fill()

    def pair(self, hall, place, port):
        """Gives a place the identity that scanning a pairing code would have given it. Pairing itself is limited to a few a minute."""
        store = Store(place.data, SystemClock())
        try:
            meta = sync_ports(store).meta
            code, key = hall.code(place.name), own_key(meta)
            public = public_hex(key)
            request = PairRequest(
                code=code, pubkey=public, label=place.name, app="floorhand",
                signature=key.sign(proof.pairing(code, public, place.name)).hex(),
            )  # fmt: skip
            device = hall.act(lambda w: trust.pair(w, request))
            meta.save_identity(
                Identity(device, hall.site, self._oms.cluster_id, 1, self._tls.spki, (f"127.0.0.1:{port}",))
            )
        finally:
            store.close()
        return device

    def broken_rules(self):
        """What `floorhand server verify` finds wrong and had not found after an earlier scenario."""
        found = {(one.rule, tuple(row)) for one in verify(self._oms.engine).findings for row in one.rows}
        fresh, self._seen = found - self._seen, self._seen | found
        return sorted(fresh)

    def log_of(self, device):
        """(last number, chain) of what the office has heard of a device."""
        with self._oms.sessions() as db:
            return tuple(db.execute(select(Device.last_seq, Device.chain).where(Device.id == device)).one())
