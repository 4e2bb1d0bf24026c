"""Leases, where people stand, who may sign in, print jobs, the key: the smaller books."""

import stat
import sys
from dataclasses import replace

import pytest

from app.core.views import Person
from app.store import print_journal
from app.store.people import TRIES
from app.store.sync_ports import PrintJournal, sync_ports
from app.store.verifier import Argon2Verifier
from devices.model import JobState, PrintJob, Verdict
from devices.print_journal import job_from
from sync.client.ports import Identity
from sync.contract.facts import JobDrop, ScanRefused, ToteBind
from sync.contract.wire import Lease


def lease(id="l1", item="w1", job="j1", n=1, ttl=900):
    return Lease(lease_id=id, item=item, job=job, token=(1, n), ttl_s=ttl)


# --- leases ---


def test_what_somebody_has_on_the_screen_is_not_let_go(ports, store):
    ports.leases.store([lease(), lease("l2", "w2", job="j2")], 10.0, "boot-1")
    with store.unit() as u:
        u.flows.keep("j1", "pick", 1, b"{}")
    assert [one.lease_id for one in ports.leases.let_go(("l1", "l2", "unknown"))] == ["l2"]
    [left] = ports.leases.held()
    assert (left.lease_id, left.opened, left.started, left.in_hand) == ("l1", True, False, True)
    with store.unit() as u:
        u.flows.put_down("pick")
    assert [one.lease_id for one in ports.leases.let_go(("l1",))] == ["l1"]
    assert ports.leases.held() == []


def test_leases_are_held_until_dropped(ports):
    ports.leases.store([lease(), lease("l2", "w2")], 10.0, "boot-1")
    ports.leases.store([], 10.0, "boot-1")
    [first, second] = ports.leases.held()
    assert (first.lease_id, first.token, first.ttl_s, first.granted_mono, first.boot_id, first.started) == (
        "l1", (1, 1), 900, 10.0, "boot-1", False,
    )  # fmt: skip
    ports.leases.drop(["l1", "unknown"], "reclaimed")
    assert ports.leases.held() == [second]


def test_a_renewal_counts_from_the_new_grant(ports):
    ports.leases.store([lease()], 10.0, "boot-1")
    ports.leases.drop(["l1"], "reclaimed")
    ports.leases.store([lease(ttl=600)], 99.0, "boot-2")
    [held] = ports.leases.held()
    assert (held.granted_mono, held.boot_id, held.ttl_s) == (99.0, "boot-2", 600)


def test_an_adopted_right_gets_its_name_with_the_next_open_and_is_renewed_from_then_on(store, ports):
    ports.leases.store([lease()], 10.0, "boot-1")
    assert not ports.leases.unnamed()
    with store.unit() as u:
        u.leases.adopt("w2", "j1", (1, 5))
    assert ports.leases.unnamed()
    assert [held.item for held in ports.leases.held()] == ["w1"]
    ports.leases.store([lease("l2", "w2", n=5)], 400.0, "boot-1")
    assert not ports.leases.unnamed()
    assert [held.lease_id for held in ports.leases.held()] == ["l1", "l2"]
    # The others are done: it lives on by itself.
    ports.leases.drop(["l1"], "done")
    ports.leases.store([lease("l2", "w2", n=5)], 900.0, "boot-1")
    with store.look() as u:
        right = u.leases.right("w2")
    assert (right.token, right.granted_mono, right.ended) == ((1, 5), 900.0, None)


def test_a_right_to_a_finished_job_needs_no_name(store, ports):
    ports.leases.store([lease()], 10.0, "boot-1")
    with store.unit() as u:
        u.leases.adopt("w2", "j1", (1, 5))
        u.record(JobDrop(job="j1", tote="T-1", lane="L"))
    assert not ports.leases.unnamed()


def test_a_refused_scan_starts_nothing_and_the_drop_finishes(store, ports):
    ports.leases.store([lease(), lease("l2", "w2")], 0.0, "boot-1")
    with store.unit() as u:
        u.record(ScanRefused(job="j1", text="x", code="y"))
    assert [held.started for held in ports.leases.held()] == [False, False]
    with store.unit() as u:
        u.record(ToteBind(job="j1", tote="T-1"))
    assert [held.started for held in ports.leases.held()] == [True, True]
    with store.unit() as u:
        u.record(JobDrop(job="j1", tote="T-1", lane="L"))
    assert ports.leases.held() == []


def test_facts_travel_with_the_newest_token_even_of_an_ended_lease(store, ports):
    ports.leases.store([lease(n=3)], 0.0, "boot-1")
    ports.leases.store([lease("l9", n=5)], 0.0, "boot-1")
    ports.leases.drop(["l9"], "regranted")
    with store.look() as u:
        right = u.leases.right("w1")
        assert (right.token, right.ended) == ((1, 5), "regranted")
        assert u.leases.right("w7") is None
    with store.unit() as u:
        u.record(ScanRefused(job="j1", text="x", code="y"), "w1")
    assert ports.journal.pending(1, 1)[0].token == (1, 5)


def test_of_two_grants_under_one_token_the_one_that_stands_counts(store, ports):
    ports.leases.store([lease("l9", n=5)], 0.0, "boot-1")
    ports.leases.store([lease("l1", n=5)], 3.0, "boot-1")
    ports.leases.drop(["l9"], "reclaimed")
    with store.look() as u:
        right = u.leases.right("w1")
    assert (right.token, right.ended, right.granted_mono) == ((1, 5), None, 3.0)


# --- where people stand ---


def test_one_job_of_a_kind_is_on_screen(store):
    with store.unit() as u:
        u.flows.keep("j1", "pick", 1, b"1")
        u.flows.keep("j2", "pick", 1, b"2")
        u.flows.keep("p1", "pack", 1, b"3")
        assert (u.flows.active("pick").job, u.flows.active("pack").job) == ("j2", "p1")
        u.flows.activate("j1", "pick")
        u.flows.keep("j2", "pick", 2, b"2b")
        assert (u.flows.active("pick").job, u.flows.of("j2").body, u.flows.of("j2").v) == ("j1", b"2b", 2)
        assert [kept.job for kept in u.flows.unfinished("pick")] == ["j1", "j2"]
        u.flows.put_down("pick")
        assert u.flows.active("pick") is None
        u.flows.finish("j1")
        assert (u.flows.of("j1"), u.flows.is_finished("j1"), u.flows.is_finished("j2")) == (None, True, False)


# --- people ---

ANN = Person("p1", "Ann", "17", frozenset({"picker"}), "nl", "s1")
BOB = Person("p2", "Bob", "18", frozenset({"packer", "supervisor"}), "de", "s2")


def test_a_verifier_lasts_its_time_and_five_wrong_tries(store, clock):
    with store.unit() as u:
        u.people.keep_verifier(ANN, "pin", "hash", 3600)
        u.people.keep_verifier(BOB, "badge", "hash2", 3600)
        [kept] = u.people.verifiers("pin", "17")
        assert (kept.person, kept.hash, kept.tries_left) == (ANN, "hash", TRIES)
        assert u.people.verifiers("pin", "18") == []
        assert [v.person for v in u.people.verifiers("badge")] == [BOB]
        assert [u.people.wrong_try("p1", "pin") for _ in range(2)] == [4, 3]
        u.people.right_try("p1", "pin")
        assert [u.people.wrong_try("p1", "pin") for _ in range(5)] == [4, 3, 2, 1, 0]
        assert u.people.verifiers("pin", "17") == []
        assert u.people.wrong_try("p1", "pin") == 0
    clock.pass_time(3601)
    with store.look() as u:
        assert u.people.verifiers("badge") == []


@pytest.mark.parametrize(("wall_s", "good"), [(60, True), (3599, True), (3601, False), (-60, False)])
def test_after_a_restart_of_the_device_the_wall_clock_decides(store, clock, wall_s, good):
    with store.unit() as u:
        u.people.keep_verifier(ANN, "pin", "hash", 3600)
    clock.boot, clock.now = "boot-2", 1.0
    clock.wall += wall_s * 1000
    with store.look() as u:
        assert bool(u.people.verifiers("pin", "17")) is good


def test_who_is_here_survives_a_restart(store, open_store, tmp_path):
    others = [Person(f"x{n}", "", str(n), frozenset()) for n in range(3)]
    with store.unit() as u:
        for person in (ANN, *others, ANN):
            u.people.sign_in(person)
    store.close()
    again = open_store()
    with again.unit() as u:
        assert u.people.signed_in() == ANN
        assert [p.id for p in u.people.recent()] == ["p1", "x2", "x1"]
        u.people.sign_out()
        assert u.people.signed_in() is None


def test_a_new_identity_forgets_verifiers(store, ports):
    with store.unit() as u:
        u.people.keep_verifier(ANN, "pin", "hash", 3600)
    ports.journal.resubmit_under("dev-2")
    with store.look() as u:
        assert u.people.verifiers("pin") == []


def test_argon2():
    from argon2 import PasswordHasher

    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(b"dev\x00\x0017\x001234")
    verifier = Argon2Verifier()
    assert verifier.matches(cheap, b"dev\x00\x0017\x001234")
    assert not verifier.matches(cheap, b"dev\x00\x0017\x004321")
    assert not verifier.matches("not a hash", b"1234")


# --- print jobs, identity, key ---


def test_the_print_journal_remembers_the_last_word(store):
    journal = PrintJournal(store)
    with store.look() as u:
        assert u.prints.fate("p1.1") is None
    for state in ("queued", "sending", "printed"):
        journal.record(PrintJob("p1.1", b"^XA^XZ"), state, "")
    with store.look() as u:
        assert (u.prints.fate("p1.1"), u.prints.fate("p1.2")) == ("printed", None)


def test_print_jobs_are_kept_whole_with_what_a_person_found_out(store):
    journal = PrintJournal(store)
    first = PrintJob("p1.1", b"^XA^FDa^FS^XZ", 2, meaning="order", identity="sscc", foreign=True, labels=3)
    again = replace(first, job_id="p1.2", reprint_of="p1.1", foreign=False)
    for job, state in ((first, "queued"), (first, "uncertain"), (again, "queued")):
        journal.record(job, JobState(state), "")
    assert [(kept.job_id, kept.state) for kept in journal.unsettled()] == [("p1.1", "uncertain"), ("p1.2", "queued")]
    assert job_from(journal.find("p1.1")) == first
    assert journal.latest_of("sscc") == "p1.2"
    journal.record(again, JobState.FAILED, "")
    assert journal.latest_of("sscc") == "p1.1"
    journal.decided("p1.1", Verdict.NOT_OUT, "Ann")
    assert (journal.find("p1.1").verdict, journal.find("p1.1").state) == ("not-out", "uncertain")
    assert journal.unsettled() == []
    journal.decided("p1.1", Verdict.SCANNED, "Ann")
    assert (journal.find("p1.1").verdict, journal.find("p1.1").state) == ("scanned", "printed")
    assert journal.find("p1.3") is journal.latest_of("") is None


def test_a_finding_about_a_job_whose_doubt_never_reached_the_disk(store):
    journal = PrintJournal(store)
    journal.record(PrintJob("p1.1", b"^XA^XZ"), JobState.QUEUED, "")
    journal.record(PrintJob("p1.1", b"^XA^XZ"), JobState.SENT, "")
    journal.decided("p1.1", Verdict.CAME_OUT, "Ann")
    with store.look() as u:
        assert u.prints.fate("p1.1") == "uncertain"


def test_old_print_jobs_lose_their_label_and_keep_their_fate(store, monkeypatch):
    monkeypatch.setattr(print_journal, "MOST_JOBS", 3)
    journal = PrintJournal(store)
    for n in range(5):
        journal.record(PrintJob(f"p{n}", b"label", identity=f"i{n}"), "queued", "")
    assert [journal.find(f"p{n}").payload for n in range(5)] == [b"", b"", b"label", b"label", b"label"]
    assert journal.find("p0").state == "queued"


def test_identity_and_its_changes(store, open_store):
    meta = sync_ports(store).meta
    assert meta.identity() is None
    meta.save_epoch(9)
    assert meta.identity() is None
    identity = Identity("d", "M", "c", 1, "ab" * 32, ("a:1",))
    meta.save_identity(identity)
    meta.save_epoch(2)
    meta.save_addresses(("b:2", "a:1"))
    store.close()
    assert sync_ports(open_store()).meta.identity() == Identity("d", "M", "c", 2, "ab" * 32, ("b:2", "a:1"))


def test_the_key_is_for_its_owner_only(store):
    meta = sync_ports(store).meta
    assert meta.device_key() is None
    meta.save_device_key(b"k" * 32)
    meta.save_device_key(b"q" * 32)
    assert meta.device_key() == b"q" * 32
    if sys.platform != "win32":
        assert stat.S_IMODE((store.folder / "device.key").stat().st_mode) == 0o600
