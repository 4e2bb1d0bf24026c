"""The journal over its whole life, on a real device at a real server: what may be forgotten when, a full disk, people who change."""

import sqlite3
from uuid import uuid4

import pytest
from sqlalchemy import select, text, update

from app.core.messages import Code, say
from app.core.storage import StorageFull
from app.store.store import Store
from app.wiring.pairing import ClientPairing
from oms import backup
from oms.feed import opening
from oms.feed.models import Lease, Meta, Op
from oms.people.actions import add_worker
from oms.people.models import Device, DeviceStatus
from sync.client.pairing import FactsWait, pair
from sync.client.status import AskFate, ClaimPolicy, GiveBack, Refused, SignIn
from sync.contract import facts
from sync.contract.codes import ErrorCode, Role
from sync.contract.pairing import PairingText
from sync.simulation.clock import VirtualClock, VirtualTime

pytestmark = pytest.mark.postgres

PICKER = ClaimPolicy(kinds=("pick",), capacity=2)
FORTNIGHT_MS = 14 * 24 * 3600 * 1000


def fell(d):
    """The op ids that are still in the journal."""
    return [op for _, op, _, _ in d.journal()]


# --- what may be forgotten ---


def test_only_what_is_acknowledged_backed_up_and_a_fortnight_old_is_forgotten(warehouse, handheld, until, tmp_path):
    d = handheld().start()
    old = [d.note(n) for n in range(3)]
    until(lambda: d.synced and set(warehouse.outcomes()) == set(old))

    def opened():
        """Starts again: each open tells what a backup holds."""
        d.stop()
        d.start()
        until(lambda: d.synced)
        return fell(d)

    d.clock.ahead_ms = FORTNIGHT_MS + 60_000
    # Old and acknowledged, but no backup holds them.
    assert opened() == old
    # A backup on the same machine does not count.
    backup.back_up(warehouse.oms, tmp_path / "here.backup", off_machine=False)
    assert opened() == old
    young = d.note(9)
    until(lambda: d.synced)
    backup.back_up(warehouse.oms, tmp_path / "elsewhere.backup", off_machine=True)
    d.stop()
    waiting = d.note(10)
    assert fell(d) == [*old, young, waiting]
    d.start()
    until(lambda: d.synced)
    # Backed up but of today; and the newest, which no backup holds.
    assert fell(d) == [young, waiting]
    assert [seq for seq, _, _, _ in d.journal()] == [4, 5]
    assert set(warehouse.outcomes()) == {*old, young, waiting}


def test_a_server_without_what_was_pruned_has_another_log(warehouse, handheld, until, oms, tmp_path, expected_log):
    """What was pruned is in the backup by rule. A server that lacks it, and says so by a new time line, is answered with a new identity and
    with all that is left."""
    d = handheld().start()
    old = [d.note(n) for n in range(3)]
    until(lambda: d.synced and len(warehouse.outcomes()) == 3)
    backup.back_up(oms, tmp_path / "elsewhere.backup", off_machine=True)
    d.clock.ahead_ms = FORTNIGHT_MS + 60_000
    kept = [d.note(n) for n in range(2)]
    until(lambda: d.synced and fell(d) == kept)
    d.stop()
    device = d.ports.meta.identity().device_id
    link_at_one = d.ports.journal.chain_at(1)
    assert link_at_one is None
    with oms.sessions.begin() as db:
        # As a copy from before the third fact: older than the backup that was promised.
        first = db.scalars(select(Op.op_id).where(Op.op_id == old[0])).one()
        db.execute(text("ALTER TABLE op DISABLE TRIGGER USER"))
        chain = db.execute(text("SELECT chain FROM op_seq WHERE device = :d AND seq = 1"), {"d": device}).scalar_one()
        db.execute(text("DELETE FROM op_seq WHERE op_id <> :op"), {"op": first})
        db.execute(text("DELETE FROM op WHERE op_id <> :op"), {"op": first})
        db.execute(text("ALTER TABLE op ENABLE TRIGGER USER"))
        db.execute(update(Device).where(Device.id == device).values(last_seq=1, chain=chain))
        db.execute(update(Meta).values(backup_covered_ver=0))
    warehouse.act(opening.restored)
    d.start()
    until(lambda: d.synced and set(warehouse.outcomes()) == {old[0], *kept})
    assert d.ports.meta.identity().device_id != device
    assert [(seq, op) for seq, op, _, _ in d.journal()] == list(enumerate(kept, start=1))
    status = dict(warehouse.oms.sessions().execute(select(Device.id, Device.status)).all())
    assert status[device] is DeviceStatus.FORKED
    warehouse.check()


def test_a_handheld_set_back_by_a_copy_of_its_folder_goes_on_under_a_new_name(warehouse, handheld, until):
    """The file of yesterday is put back: ops after it are at the server already, its next one takes a number that is taken."""
    d = handheld(PICKER).start()
    first = d.note(1)
    until(lambda: d.synced and len(warehouse.outcomes()) == 1)
    d.stop()
    copied = sqlite3.connect(":memory:")
    with sqlite3.connect(d.folder / "floorhand.db") as live:
        live.backup(copied)
    live.close()
    d.start()
    second = d.note(2)
    until(lambda: d.synced and len(warehouse.outcomes()) == 2)
    before = d.ports.meta.identity().device_id
    d.switch_off()
    for left in d.folder.glob("floorhand.db*"):
        left.unlink()
    with sqlite3.connect(d.folder / "floorhand.db") as back:
        copied.backup(back)
    back.close()
    copied.close()
    d.switch_on()
    assert fell(d) == [first]
    other = d.note(3)
    d.start()
    until(lambda: d.synced and set(warehouse.outcomes()) == {first, second, other})
    assert d.ports.meta.identity().device_id != before
    assert fell(d) == [first, other]
    warehouse.check()


# --- a full disk ---


def test_a_full_disk_stops_scans_and_not_sync_and_is_over_when_there_is_room(warehouse, handheld, until, expected_log):
    """No commit, no beep; what is there is sent, rows still come; with room again, scanning goes on by itself."""
    expected_log += ["the reserve was given up"]
    d = handheld()
    d.start()
    until(lambda: d.synced)
    d.stop()
    reserve = d.folder / "reserve"
    assert reserve.stat().st_size == 4096
    [(pages,)] = d.sql("PRAGMA page_count")
    d.sql(f"PRAGMA max_page_count = {pages + 3}")
    beeped = []
    with pytest.raises(StorageFull):
        beeped.extend(d.note(n) for n in range(500))
    assert 0 < len(beeped) < 500
    assert fell(d) == beeped
    assert not reserve.exists()
    # The room of the reserve is for sync: as the file system would, the database gets it.
    d.sql(f"PRAGMA max_page_count = {pages + 60}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("shutil.disk_usage", lambda _path: type("Usage", (), {"free": 4096})())
        d.start()
        until(lambda: set(warehouse.outcomes()) == set(beeped))
        warehouse.orders(1)
        until(lambda: d.synced and any(e == "work" for e, _ in d.rows()))
        with pytest.raises(StorageFull):
            d.note()
    after = d.note()
    until(lambda: d.synced and after in warehouse.outcomes())
    assert reserve.exists()
    assert set(warehouse.outcomes()) == {*beeped, after}


def test_the_reserve_of_a_real_device_is_thirty_two_mebibytes(tmp_path):
    store = Store(tmp_path, VirtualClock(VirtualTime()))
    assert (tmp_path / "reserve").stat().st_size == 32 * 1024 * 1024
    store.close()


# --- people ---


def test_people_change_and_each_scan_stays_with_who_made_it(warehouse, handheld, until):
    """Scans of the first wait while the second signs in: one log, two sessions. What the first had not begun goes back."""
    warehouse.act(lambda w: add_worker(w, "18", "Grace", [Role.PICKER], badge="B-2"))
    jobs = warehouse.orders(2)
    d = handheld(PICKER).start()
    until(lambda: d.synced and len({lease.job for lease in d.ports.leases.held()}) == 2)
    ada = d.sync.request(SignIn(badge="B-1")).result(60)
    begun, untouched = jobs
    [item, *_] = warehouse.items_of(begun)
    picked = facts.PickConfirm(job=begun, sku=item.sku, qty=1, from_bin=item.from_bin, tote="T-1")
    first = d.record(picked, item.id, ada.session)
    held = d.ports.leases.held()
    assert {lease.job for lease in held if lease.started} == {begun}
    unstarted = tuple(lease.lease_id for lease in held if not lease.started)
    d.sync.request(GiveBack(unstarted)).result(60)
    grace = d.sync.request(SignIn(badge="B-2")).result(60)
    rest = [one for one in warehouse.items_of(begun) if one.id != item.id]
    second = [
        d.record(
            facts.PickConfirm(job=begun, sku=one.sku, qty=one.qty_req, from_bin=one.from_bin, tote="T-1"),
            one.id,
            grace.session,
        )
        for one in rest
    ]
    until(lambda: d.status.waiting == 0 and len(warehouse.outcomes()) == 1 + len(second))
    who = dict(warehouse.oms.sessions().execute(select(Op.op_id, Op.worker_id)).all())
    assert who == {first: ada.worker, **dict.fromkeys(second, grace.worker)}
    assert set(warehouse.outcomes().values()) == {"applied"}
    ended = warehouse.ask(select(Lease.end_reason).where(Lease.job == untouched, Lease.ended_at.is_not(None)))
    assert set(ended) == {"released"}
    warehouse.check()


# --- the fate of one scan ---


def test_what_became_of_one_scan(warehouse, handheld, raw, until):
    d = handheld().start()
    op = d.note()
    until(lambda: d.synced)
    fate = d.sync.request(AskFate(op)).result(60)
    assert (fate.op_id, fate.kind, fate.outcome) == (op, "scan.refused", "applied")
    assert (fate.device, fate.epoch) == (d.ports.meta.identity().device_id, 1)
    assert fate.ver == warehouse.ask(select(Op.ver))[0]
    with pytest.raises(Refused) as never:
        d.sync.request(AskFate(uuid4().hex)).result(60)
    assert never.value.code is ErrorCode.NOT_FOUND
    assert raw(paired=False).http.get(f"/v1/ops/{op}").status_code == 401
    one = raw()
    bad = one.http.get("/v1/ops/not-an-id", headers={"authorization": f"Bearer {one.access}"})
    assert bad.status_code == 400


# --- another centre ---


def test_a_device_with_scans_waiting_does_not_change_sides(warehouse, handheld, link, live, until, monkeypatch):
    """The wipe that comes with another centre is blocked, before anybody is asked; the code stays good for later."""
    d = handheld()
    op = d.note()
    told = PairingText((link.address,), "f" * 32, live.tls.spki, warehouse.code())
    with pytest.raises(FactsWait) as held:
        pair(told.text(), d.ports.meta, "handheld", "test")
    assert held.value.count == 1
    monkeypatch.setattr("app.wiring.pairing.browse", lambda heard: None)
    pairing = ClientPairing(d.ports.meta, "handheld", "test", lambda: pytest.fail("paired"))
    assert pairing.pair(told.text()) == say(Code.FACTS_FIRST, n=1)
    assert fell(d) == [op]
    # The same centre anew is no other side.
    assert d.ports.meta.waiting_elsewhere(warehouse.oms.cluster_id) == 0
    d.start()
    until(lambda: d.synced and warehouse.outcomes() == {op: "applied"})
    assert d.ports.meta.waiting_elsewhere("f" * 32) == 0
