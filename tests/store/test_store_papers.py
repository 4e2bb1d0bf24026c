"""Papers that a bench owes, on a real store: each once, the newest of them, over a restart."""

from app.store import papers as book
from app.store.store import Store
from app.store.sync_ports import PrintJournal
from devices.model import PrintJob


def owed(store):
    with store.look() as u:
        return [(one.print_job, one.kind, one.parcel, one.note) for one in u.papers.owed()]


def test_each_is_owed_once_until_it_is_settled_also_over_a_restart(store, clock):
    with store.unit() as u:
        for _ in range(2):
            u.papers.owe("a.P1.1", "a", "P1")
        u.papers.owe("b.P1.1", "b", "P1")
        u.papers.put_note("b.P1.1", "failed")
    store.close()
    again = Store(store.folder, clock, 4096)
    try:
        assert owed(again) == [("a.P1.1", "a", "P1", ""), ("b.P1.1", "b", "P1", "failed")]
        with again.unit() as u:
            u.papers.settle("a.P1.1")
            u.papers.owe("a.P1.1", "a", "P1")
        assert [job for job, *_ in owed(again)] == ["b.P1.1"]
        with again.unit() as u:
            u.papers.owe_again("a.P1.1", "a", "P1")
            u.papers.owe("a.P1:g.1", "a", "P1", "O2")
            u.papers.owe("a.P1.2", "a", "P1")
            kept = [(one.print_job, one.order) for one in u.papers.of_parcel("P1")]
            assert (kept, u.papers.note("b.P1.1"), u.papers.note("none")) == (
                [("a.P1.1", ""), ("b.P1.1", ""), ("a.P1:g.1", "O2")], "failed", "",
            )  # fmt: skip
        assert [job for job, *_ in owed(again)] == ["a.P1.1", "b.P1.1", "a.P1:g.1", "a.P1.2"]
    finally:
        again.close()


def test_only_the_newest_are_kept(store, monkeypatch):
    monkeypatch.setattr(book, "MOST_PAPERS", 3)
    with store.unit() as u:
        assert u.papers.last_parcel() == ""
        for n in range(5):
            u.papers.owe(f"a.P{n}.1", "a", f"P{n}")
        assert u.papers.last_parcel() == "P4"
    assert [parcel for _, _, parcel, _ in owed(store)] == ["P2", "P3", "P4"]


def test_the_queue_says_why_a_job_stands_so(store):
    journal = PrintJournal(store)
    journal.record(PrintJob("J1", b"x"), "queued", "")
    journal.record(PrintJob("J1", b"x"), "failed", "cancelled nothing was sent: cancelled by bench")
    with store.look() as u:
        assert (u.prints.fate("J1"), u.prints.reason("J1"), u.prints.reason("J2")) == ("failed", "cancelled", "")
