"""Backup and restore on a real PostgreSQL: one consistent moment, nothing half, nothing replaced that is not proven first."""

import threading
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from oms import backup
from oms.bootstrap import open_oms
from oms.catalog.models import Item
from oms.db.engine import make_engine
from oms.db.work import Actor
from oms.feed.models import Meta
from oms.inventory.models import StockMove
from oms.shipping import serials
from oms.verify import verify

pytestmark = pytest.mark.postgres
CLERK = Actor("test")


def receive(oms, sku, qty=1):
    """One receipt of goods."""

    def do(w):
        if not w.db.get(Item, (w.site, sku)):
            w.db.add(Item(site_id=w.site, sku=sku, name=sku, weight_g=1))
            w.touch("item", sku)
            w.db.flush()
        w.move(uuid4().hex, 0, sku, "", "supplier", "bin:A-01", qty)

    oms.works.run(oms.site, CLERK, do)


def moves(oms):
    with oms.sessions() as db:
        return db.scalar(select(func.count()).select_from(StockMove))


def meta(oms):
    with oms.sessions() as db:
        return db.scalars(select(Meta)).one()


@pytest.fixture
def file(tmp_path):
    return tmp_path / "floorhand.backup"


@pytest.fixture
def reopened(database_url):
    """Opens the database again, after a restore."""
    made = []

    def again():
        made.append(open_oms(database_url))
        return made[-1]

    yield again
    for oms in made:
        oms.close()


def test_a_restore_goes_back_to_the_moment_of_the_backup(oms, database_url, file, reopened):
    for _ in range(3):
        receive(oms, "TEA")
    made = backup.back_up(oms, file, off_machine=False)
    assert (made.cluster_id, made.epoch, made.bytes) == (oms.cluster_id, 1, file.stat().st_size)
    assert file.stat().st_mode & 0o077 == 0
    receive(oms, "TEA")
    oms.close()

    back = backup.restore(database_url, file, other_cluster=False, above=0)
    assert (back.cluster_id, back.epoch) == (made.cluster_id, 2)
    again = reopened()
    assert moves(again) == 3
    assert meta(again).claims_closed_until is not None
    kept = make_engine(database_url.set(database=back.kept), pool_size=1)
    with kept.connect() as db:
        assert db.execute(text("SELECT count(*) FROM stock_move")).scalar() == 4
        assert db.execute(text("SELECT epoch FROM meta")).scalar() == 1
    kept.dispose()


def test_a_backup_under_work_is_one_moment(oms, database_url, file, reopened):
    receive(oms, "TEA", 1000)
    enough = threading.Event()

    def work():
        while not enough.is_set():
            receive(oms, "TEA")

    people = [threading.Thread(target=work) for _ in range(3)]
    for person in people:
        person.start()
    try:
        made = [backup.back_up(oms, file, off_machine=False) for _ in range(3)][-1]
    finally:
        enough.set()
        for person in people:
            person.join()
    total = moves(oms)
    oms.close()
    back = backup.restore(database_url, file, other_cluster=False, above=0)
    again = reopened()
    # `restore` has proven every rule of verify on it; and it is the very moment that was named.
    assert verify(again.engine).ok
    assert made.ver <= back.ver
    assert 1 < moves(again) <= total


@pytest.mark.parametrize("cut", [0, 1, 0.5, 0.999])
def test_what_is_not_a_whole_backup_changes_nothing(oms, database_url, file, reopened, cut):
    receive(oms, "TEA")
    backup.back_up(oms, file, off_machine=False)
    oms.close()
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * cut)] if cut != 1 else b"\x00" * 5000)
    with pytest.raises(backup.Refused):
        backup.restore(database_url, file, other_cluster=False, above=0)
    again = reopened()
    assert (moves(again), meta(again).epoch) == (1, 1)
    with again.engine.connect() as db:
        left = db.execute(text("SELECT count(*) FROM pg_database WHERE datname = 'floorhand_restoring'")).scalar()
    assert left == 0


def test_a_backup_that_breaks_the_rules_is_not_put_in_place(oms, database_url, file, reopened):
    receive(oms, "TEA")
    with oms.engine.begin() as db:
        db.execute(text("SELECT set_config('floorhand.work', 'on', true)"))
        db.execute(text("UPDATE stock_balance SET qty = qty + 1 WHERE account = 'bin:A-01'"))
    backup.back_up(oms, file, off_machine=False)
    oms.close()
    with pytest.raises(backup.Refused, match="breaks its own rules"):
        backup.restore(database_url, file, other_cluster=False, above=0)
    assert meta(reopened()).epoch == 1


def test_another_installations_backup_is_taken_only_when_asked_for(oms, database_url, file, reopened):
    backup.back_up(oms, file, off_machine=False)
    with oms.sessions.begin() as db:
        db.execute(text("UPDATE meta SET cluster_id = 'somewhere-else', epoch = 5"))
    oms.close()
    with pytest.raises(backup.Refused, match="another installation"):
        backup.restore(database_url, file, other_cluster=False, above=0)
    back = backup.restore(database_url, file, other_cluster=True, above=0)
    # Later than the time line that it replaces, too: a device may have seen that one.
    assert back.epoch == 6
    assert meta(reopened()).cluster_id == oms.cluster_id


def test_a_time_line_that_only_devices_remember_is_passed_over(oms, database_url, file):
    backup.back_up(oms, file, off_machine=False)
    oms.close()
    assert backup.restore(database_url, file, other_cluster=False, above=41).epoch == 42


def test_nothing_is_restored_under_a_running_server(oms, database_url, file):
    backup.back_up(oms, file, off_machine=False)
    with oms.engine.connect() as db:
        db.execute(text("SELECT 1"))
        with pytest.raises(backup.Refused, match="stop every server first"):
            backup.restore(database_url, file, other_cluster=False, above=0)


def test_devices_may_forget_only_what_lies_on_another_machine(oms, file):
    receive(oms, "TEA")
    assert backup.back_up(oms, file, off_machine=False).covered is False
    assert meta(oms).backup_covered_ver == 0
    made = backup.back_up(oms, file, off_machine=True)
    assert meta(oms).backup_covered_ver == made.ver > 0


def test_a_backup_that_cannot_be_written_leaves_the_old_one(oms, file, tmp_path):
    backup.back_up(oms, file, off_machine=False)
    before = file.read_bytes()
    with pytest.raises(OSError):
        backup.back_up(oms, tmp_path / "nowhere" / "x", off_machine=False)
    good, oms.engine.url = oms.engine.url, oms.engine.url.set(database="not-there")
    with pytest.raises(backup.Refused):
        backup.back_up(oms, file, off_machine=False)
    oms.engine.url = good
    assert file.read_bytes() == before
    assert list(tmp_path.glob("*.part")) == []


def test_numbers_given_out_since_the_backup_are_not_given_out_again(oms, database_url, file, reopened):
    def next_serial(of):
        with of.sessions.begin() as db:
            return db.scalar(select(func.nextval(serials.SSCC_SERIAL.name)))

    backup.back_up(oms, file, off_machine=False)
    given = [next_serial(oms) for _ in range(5)]
    oms.close()
    backup.restore(database_url, file, other_cluster=False, above=0)
    assert next_serial(reopened()) > max(given)
