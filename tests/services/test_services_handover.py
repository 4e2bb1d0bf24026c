"""Two real devices, one dying: what one shows the other reads, in any order, and goes on with the next line; what is wrong is refused."""

import base64
import zlib
from random import Random

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.core.messages import Code
from app.core.scan import ScanInput
from app.core.storage import StorageFull
from app.core.views import PickStep
from app.services.handover import HandOverService
from app.services.overlay import Overlay
from app.services.pick import PickService
from app.store.store import Store
from app.store.sync_ports import sync_ports
from sync.client.handover import HandOverKeys
from sync.client.identity import own_key, public_hex
from sync.client.ports import Identity
from sync.contract import frames, handover
from sync.contract.codes import JobState, LeaseEnd, Outcome
from sync.contract.facts import HandoverReceived, LeaseHandedOver, PickConfirm
from sync.contract.rows import JobRow, WorkRow
from sync.contract.wire import DeviceCredential, OpResult

CLUSTER, SITE = "cluster-1", "MAIN"
SIGNER = Ed25519PrivateKey.from_private_bytes(b"s" * 32)


def pixels(text):
    """The pen of these tests: the code itself is drawn and read where there is a screen."""
    return tuple((char == "A",) for char in text)


def vouch(device, signer=SIGNER, cluster=CLUSTER):
    """The centre says that it let this device in."""
    me = device.ports.meta.identity()
    bare = DeviceCredential(
        cluster_id=cluster, site=SITE, device_id=me.device_id, pubkey=public_hex(own_key(device.ports.meta)),
        label=f"Handheld {me.device_id}", signer=signer.public_key().public_bytes_raw().hex(), signature="",
    )  # fmt: skip
    return msgspec.structs.replace(bare, signature=signer.sign(handover.credential_words(bare)).hex())


@pytest.fixture
def devices(floor, tmp_path):
    """A giver with a job half done, and devices that may take it over."""
    made = []

    class Device:
        """One more handheld of the same site."""

        def __init__(self, name, **who):
            self.clock = type(floor.clock)()
            self.clock.boot = f"boot-{name}"
            self.store = Store(tmp_path / name, self.clock, 4096)
            self.ports = sync_ports(self.store)
            me = {"site": SITE, "cluster": CLUSTER, "epoch": 1} | who
            self.ports.meta.save_identity(Identity(name, me["site"], me["cluster"], me["epoch"], "ab" * 32, ()))
            self.ready()
            made.append(self)

        def ready(self, revoked=(), **vouched):
            self.ports.meta.save_trust(vouch(self, **vouched), revoked)
            self.hand = HandOverService(self.store, HandOverKeys(self.ports.meta), pixels)
            self.at = 0.0

        def scan(self, text):
            self.at += 0.5
            return self.hand.on_scan(ScanInput(text, self.at))

        def scan_all(self, texts):
            return [self.scan(text) for text in texts][-1]

        def look(self, read):
            with self.store.look() as u:
                return read(u)

    class World:
        giver = floor
        Device = staticmethod(lambda name, **who: sign_in(Device(name, **who)))

        def texts(self, again=False):
            """What the giver shows."""
            outcome = self.hand.again() if again else self.hand.give()
            assert outcome.view.page == "show", outcome
            return list(self.hand._texts)

    def sign_in(device):
        with device.store.unit() as u:
            u.people.sign_in(person)
        return device

    person = floor.person("picker")
    floor.ports.meta.save_trust(vouch(floor), ())
    world = World()
    world.hand = HandOverService(floor.store, HandOverKeys(floor.ports.meta), pixels)
    world.person = person
    yield world
    for one in made:
        one.store.close()


@pytest.fixture
def half_done(devices):
    """The giver has put one of two cups into tote T-1."""
    floor = devices.giver
    floor.pick_job()
    floor.pick.start_next()
    floor.scans("T-1", "B-1", "04006381333931")
    return floor


def test_the_fact_comes_first_and_nothing_more_is_picked(devices, half_done):
    floor = half_done
    devices.texts()

    *_, last = floor.facts("lease.handed_over")
    assert [one["item"] for one in last["leases"]] == ["j1-w1", "j1-w2"]
    assert floor.kinds()[-1] == "lease.handed_over"
    assert floor.pick.view().view is None
    assert floor.scan("04006381333931").view is None
    assert floor.pick.start("j1").message.code is Code.JOB_GONE
    assert floor.home.view(devices.person).view.jobs == ()
    assert floor.kinds()[-1] == "lease.handed_over"


def test_it_stays_so_after_a_restart_and_when_the_centre_grants_it_again_by_mistake(devices, half_done):
    floor = half_done
    devices.texts()
    floor.restart()
    floor.lease("j1", "j1-w1", "j1-w2")
    assert floor.home.view(devices.person).view.jobs == ()
    floor.lease("j1", "j1-w1", "j1-w2", n=2)
    assert [job.id for job in floor.home.view(devices.person).view.jobs] == ["j1"]


@pytest.mark.parametrize("seed", range(4))
def test_the_taker_goes_on_with_the_next_unit_at_once(devices, half_done, seed):
    texts = devices.texts()
    Random(seed).shuffle(texts)
    taker = devices.Device(f"taker-{seed}")

    answers = [taker.scan(text) for text in texts]

    assert [answer.message.code for answer in answers[:-1]] == [Code.HAND_OVER_PICTURE] * (len(texts) - 1)
    assert answers[-1].message.code is Code.HAND_OVER_TAKEN
    view = pick_of(taker, devices).view().view
    assert (view.job, view.step, view.bin, view.take, view.in_hand, view.tote) == (
        "j1",
        PickStep.ITEM,
        "B-1",
        2,
        1,
        "T-1",
    )
    pick_of(taker, devices).on_scan(ScanInput("04006381333931", 100.0))
    *_, op = taker.ports.journal.pending(100, 10**6)
    assert (op.kind, op.item, op.token) == ("pick.confirm", "j1-w1", (1, 1))


def pick_of(device, devices):
    """A pick service on a device, which has the site's goods by its own feed."""
    return PickService(device.store, devices.giver.pick._ears._reader, device.clock, devices.giver.centre)


def test_an_app_that_cannot_read_where_the_giver_stood_finds_it_out_from_its_facts(devices, half_done):
    taker = devices.Device("taker")
    taker.scan_all(devices.texts())
    with taker.store.unit() as u:
        u.flows.forget("j1")
    pick = pick_of(taker, devices)
    assert pick.view().view is None
    # Which tote it was is known, whether it is in these hands is not.
    assert pick.start("j1").view.step is PickStep.TOTE
    view = pick.on_scan(ScanInput("T-1", 10.0)).view
    assert (view.step, view.in_hand, view.tote) == (PickStep.BIN, 1, "T-1")


def test_what_was_carried_is_the_giver_s_word_for_word(devices, half_done):
    taker = devices.Device("taker")
    given = [op.op_id for op in half_done.ports.journal.pending(100, 10**6)]
    taker.scan_all(devices.texts())
    [op] = taker.ports.journal.pending(10, 10**6)
    fact = msgspec.json.decode(op.body, type=HandoverReceived)
    over, core = handover.unpack_core(fact.core)
    assert [one.op_id for one in over.ops][:-1] == given
    assert isinstance(msgspec.json.decode(over.ops[-1].body, type=LeaseHandedOver), LeaseHandedOver)
    assert HandOverKeys(taker.ports.meta).verifies(
        public_hex(own_key(half_done.ports.meta)), fact.signature, handover.to_sign(core)
    )
    assert handover.coherent(over)


def test_the_taker_counts_from_receipt_and_never_longer_than_was_left(devices, half_done):
    half_done.clock.ahead += 600
    taker = devices.Device("taker")
    taker.clock.ahead = -10_000_000
    taker.scan_all(devices.texts())
    right = taker.look(lambda u: u.leases.right("j1-w1"))
    assert 290 <= right.ttl_s <= 300
    assert right.boot_id == "boot-taker"
    assert right.granted_mono == pytest.approx(taker.clock.mono(), abs=5)


def test_what_ran_out_is_taken_with_no_time_left(devices, half_done):
    half_done.clock.boot = "boot-2"
    taker = devices.Device("taker")
    assert taker.scan_all(devices.texts()).view.minutes == 0
    assert taker.look(lambda u: u.leases.right("j1-w1")).ttl_s == 0
    pick = pick_of(taker, devices)
    assert pick.on_scan(ScanInput("04006381333931", 100.0)).message.code is not Code.LEASE_OVER
    assert pick.on_scan(ScanInput("B-2", 101.0)).message.code is Code.LEASE_OVER


def test_taken_leases_are_not_asked_about_until_the_centre_has_heard(devices, half_done):
    taker = devices.Device("taker")
    taker.scan_all(devices.texts())
    assert taker.ports.leases.held() == []
    assert len(taker.look(lambda u: u.leases.held())) == 2
    assert all(lease.started for lease in taker.look(lambda u: u.leases.held()))
    [op] = taker.ports.journal.pending(10, 10**6)
    result = OpResult(seq=op.seq, op_id=op.op_id, outcome=Outcome.APPLIED, ver=99)
    taker.ports.journal.record_results([result], 1, "", 0)
    over, _ = handover.unpack_core(msgspec.json.decode(op.body, type=HandoverReceived).core)
    named = {handover.delegated_id(over.id, item) for item in ("j1-w1", "j1-w2")}
    assert {lease.lease_id for lease in taker.ports.leases.held()} == named


def test_lists_count_what_was_carried_until_the_rows_have_it(devices, half_done):
    taker = devices.Device("taker")
    taker.scan_all(devices.texts())

    def work(u):
        return Overlay.of(u, "j1").work(u.rows.get(WorkRow, "j1-w1")).qty_done

    assert taker.look(work) == 1
    assert taker.look(lambda u: Overlay.of(u, "j1").job(u.rows.get(JobRow, "j1"))).state is JobState.ACTIVE
    [op] = taker.ports.journal.pending(10, 10**6)
    taker.ports.journal.record_results([OpResult(seq=op.seq, op_id=op.op_id, outcome=Outcome.APPLIED, ver=0)], 1, "", 0)
    assert taker.look(work) == 0


def test_rows_of_the_taker_that_are_newer_stay(devices, half_done):
    texts = devices.texts()
    taker = devices.Device("taker")
    row = taker.look(lambda u: u.rows.get(JobRow, "j1"))
    assert row is None
    taker.scan_all(texts)
    digest = taker.ports.rows.digest()
    again = devices.Device("second")
    again.scan_all(texts)
    assert again.ports.rows.digest() == digest != "0" * 16


def test_the_code_of_the_taker_ends_the_pictures(devices, half_done):
    taker = devices.Device("taker")
    code = taker.scan_all(devices.texts()).view.code
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    hand = devices.hand
    assert hand.on_scan(ScanInput(wrong, 1.0)).message.code is Code.HAND_OVER_WRONG_CODE
    assert hand.view().view.page == "show"
    done = hand.on_scan(ScanInput(f"FHXR{code}", 2.0))
    assert (done.message.code, done.view.page) == (Code.HAND_OVER_CONFIRMED, "given")
    assert hand.picture(0) is None
    assert not hand.enter().view.unconfirmed


def test_shown_again_with_less_time_and_still_the_same_hand_over(devices, half_done):
    first = devices.texts()
    devices.hand.stop()
    assert devices.hand.enter().view.unconfirmed
    half_done.clock.ahead += 300
    again = devices.texts(again=True)
    assert again[0] != first[0]
    taker = devices.Device("taker")
    taker.scan(first[0])
    foreign = taker.scan(again[0])
    assert foreign.message.code is Code.HAND_OVER_FOREIGN
    assert foreign.view.have == 1
    taker.hand.take()
    assert taker.scan_all(again).message.code is Code.HAND_OVER_TAKEN
    twice = taker.scan_all(first)
    assert (twice.message.code, twice.view.page) == (Code.HAND_OVER_TWICE, "taken")
    assert len(taker.ports.journal.pending(10, 10**6)) == 1


def test_pictures_come_twice_torn_and_mixed(devices, half_done):
    texts = devices.texts()
    taker = devices.Device("taker")
    assert taker.scan(texts[0]).message.code is Code.HAND_OVER_PICTURE
    assert taker.scan(texts[0].lower()).message.code is Code.HAND_OVER_AGAIN
    assert taker.scan(texts[1][:-3]).message.code is Code.HAND_OVER_TORN
    assert taker.scan("FHX1").message.code is Code.HAND_OVER_TORN
    assert taker.scan("9501101000008").message.code is Code.HAND_OVER_NO_PICTURE
    view = taker.hand.view().view
    assert (view.page, view.have, view.count) == ("take", 1, len(texts))
    assert view.missing == tuple(range(2, len(texts) + 1))


def sealed(texts):
    """The whole behind the pictures."""
    found = frames.Collected()
    for text in texts:
        found = frames.add(found, frames.read(text))
    return found.complete


def spoiled(texts, change):
    """The pictures of the same hand-over with one thing changed, well made otherwise."""
    whole = msgspec.msgpack.decode(zlib.decompress(sealed(texts)))
    change(whole)
    return frames.split(zlib.compress(msgspec.msgpack.encode(whole), 9))


def in_core(edit):
    """Changes something in the signed part."""

    def change(whole):
        core = msgspec.json.decode(whole["core"])
        edit(core)
        whole["core"] = msgspec.json.encode(core)

    return change


def in_row(whole):
    beside = msgspec.json.decode(whole["beside"])
    beside["rows"][0]["v"] = 10**9
    whole["beside"] = msgspec.json.encode(beside)


SPOILT = {
    "more time": in_core(lambda core: core["leases"][0].update(left_ms=10**9)),
    "another token": in_core(lambda core: core["leases"][0].update(token=[1, 9])),
    "a fact less": in_core(lambda core: core["ops"].pop(0)),
    "signature": lambda whole: whole.update(signature="00" * 64),
    "no signature": lambda whole: whole.update(signature="x"),
    "another key": lambda whole: whole["credential"].update(pubkey="11" * 32),
    "another name": lambda whole: whole["credential"].update(label="Boss"),
    "a row": in_row,
}


@pytest.mark.parametrize("what", SPOILT)
def test_what_was_changed_is_not_taken(devices, half_done, what):
    taker = devices.Device("taker")
    told = taker.scan_all(spoiled(devices.texts(), SPOILT[what]))
    assert told.message.code is Code.HAND_OVER_FORGED
    assert taker.ports.journal.pending_count() == 0
    assert taker.look(lambda u: u.leases.held()) == []
    assert told.view.have == 0


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ({"cluster": "cluster-2"}, Code.HAND_OVER_OTHER_SITE),
        ({"site": "NORTH"}, Code.HAND_OVER_OTHER_SITE),
        ({"epoch": 2}, Code.HAND_OVER_OTHER_TIME),
    ],
    ids=["cluster", "site", "epoch"],
)
def test_another_site_or_time_line_is_told(devices, half_done, who, code):
    taker = devices.Device("taker", **who)
    taker.ready(cluster=who.get("cluster", CLUSTER))
    assert taker.scan_all(devices.texts()).message.code is code
    assert taker.ports.journal.pending_count() == 0


def test_a_giver_that_was_shut_out_is_not_taken_over(devices, half_done):
    taker = devices.Device("taker")
    taker.ready(revoked=["dev-1"])
    told = taker.scan_all(devices.texts())
    assert told.message.code is Code.HAND_OVER_REVOKED
    assert told.message.words == {"device": "Handheld dev-1"}
    assert taker.look(lambda u: u.leases.held()) == []


def test_a_centre_that_signs_with_another_key_vouches_for_nobody_here(devices, half_done):
    taker = devices.Device("taker")
    taker.ready(signer=Ed25519PrivateKey.from_private_bytes(b"t" * 32))
    assert taker.scan_all(devices.texts()).message.code is Code.HAND_OVER_FORGED


def test_one_s_own_pictures_are_told(devices, half_done):
    texts = devices.texts()
    devices.hand.stop()
    assert [devices.hand.on_scan(ScanInput(text, 1.0)) for text in texts][-1].message.code is Code.HAND_OVER_OWN


def test_without_a_word_of_the_centre_nothing_is_given_or_taken(devices, half_done):
    texts = devices.texts()
    taker = devices.Device("taker")
    with taker.store.unit() as u:
        u.meta.drop("believed")
    assert taker.scan_all(texts).message.code is Code.NEEDS_CENTRE
    assert taker.hand.give().message.code is Code.NEEDS_CENTRE
    assert taker.ports.journal.pending_count() == 0


def test_nothing_to_give_and_only_scans_to_give(devices):
    floor = devices.giver
    assert devices.hand.give().message.code is Code.HAND_OVER_NOTHING
    with floor.store.unit() as u:
        u.record(PickConfirm(job="x", sku="CUP", qty=1, from_bin="B-1", tote="T"), "x-1")
    taker = devices.Device("taker")
    assert taker.scan_all(devices.texts()).message.code is Code.HAND_OVER_TAKEN


def test_too_much_for_pictures_freezes_nothing(devices, half_done):
    floor = half_done
    with floor.store.unit() as u:
        for n in range(1200):
            u.record(PickConfirm(job="x", sku="CUP", qty=1, from_bin="B-1", tote="T", scan=f"{n:040d}"), f"x-{n}")
    told = devices.hand.give()
    assert told.message.code is Code.HAND_OVER_TOO_MUCH
    assert told.view.page == "start"
    assert floor.kinds()[-1] == "pick.confirm"
    assert floor.pick.view().view is not None


def test_a_full_disk_freezes_nothing_and_says_so(devices, half_done, monkeypatch):
    def full(*_):
        raise StorageFull("full")

    with monkeypatch.context() as broken:
        broken.setattr(type(half_done.store), "unit", full)
        assert devices.hand.give().message.code is Code.STORAGE_FULL
    assert half_done.pick.view().view is not None


def test_the_leases_of_the_giver_say_why_they_ended(devices, half_done):
    devices.texts()
    with half_done.store.look() as u:
        assert u.leases.right("j1-w1").ended == LeaseEnd.HANDED_OVER


def test_a_bomb_is_not_unpacked():
    bomb = zlib.compress(b"0" * (handover.MAX_OPEN * 4), 9)
    with pytest.raises(handover.NotAHandOver):
        handover.open_sealed(bomb)
    with pytest.raises(handover.NotAHandOver):
        handover.unpack_core(base64.b64encode(bomb).decode())
