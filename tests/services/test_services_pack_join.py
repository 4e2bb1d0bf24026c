"""Orders that share a parcel, through the service on a real store: what is offered, what a scan does, and what a restart remembers."""

import msgspec
import pytest

from app.core.facts import HoldReason
from app.core.messages import Code
from app.core.views import PackStep
from app.services.ports import CentreAway
from sync.contract.codes import BinKind, JobState, OrderState
from sync.contract.rows import BinRow

CUP, TEA = "4006381333931", "5000000000012"


@pytest.fixture
def bench(floor):
    """O1 (a cup) in T-1, open on the bench; O2 (a tea) in T-2 for the same customer; O3 (a tea) in T-3 for another."""
    floor.person("packer")
    for n, (sku, together) in enumerate((("CUP", "same"), ("TEA", "same"), ("TEA", "else")), 1):
        floor.pack_job(f"p{n}", f"O{n}", f"T-{n}", lines=((sku, 1),))
        lines = [(sku, 1)]
        floor.pull(floor.order(f"O{n}", OrderState.PICKED, lines, together=together))
    floor.bench = lambda *texts: floor.scans(*texts, service=floor.pack)
    floor.bench("T-1")
    return floor


def offered(bench):
    return [card.order for card in bench.pack.view().view.offers]


def queue(bench):
    return [card.title for card in bench.pack.view().view.queue]


def test_the_other_tote_joins_and_both_leave_with_one_label(bench):
    assert (offered(bench), queue(bench)) == (["O2"], ["O2", "O3"])
    joined = bench.bench("T-2")
    assert (joined.message.code, joined.view.orders, offered(bench)) == (Code.ORDER_JOINED, ("O1", "O2"), [])
    assert [line.order for line in joined.view.lines] == ["O1", "O2"]
    assert queue(bench) == ["O3"]
    assert bench.facts("pack.join") == [
        {"job": "p1", "parcel": "parcel-O1", "order": "O2", "other": "p2", "tote": "T-2"}
    ]
    assert bench.bench(CUP, TEA).view.step is PackStep.CARTON
    assert [(fact["job"], fact["parcel"]) for fact in bench.facts("pack.confirm")] == [
        ("p1", "parcel-O1"), ("p2", "parcel-O1"),
    ]  # fmt: skip


def test_a_bench_that_forgot_its_state_knows_who_shares_the_parcel(bench):
    bench.bench("T-2", TEA)
    with bench.store.unit() as u:
        u.flows.keep("p1", "pack", 0, b"")
    bench.restart()
    seen = bench.pack.view().view
    assert (seen.orders, seen.packed, seen.in_parcel, queue(bench)) == (("O1", "O2"), 1, 1, ["O3"])
    assert bench.bench("FH:PART").view.orders == ("O1",)
    assert bench.facts("pack.undo")[-1]["tote"] == "T-2"


def test_put_down_either_tote_opens_the_parcel_again(bench):
    bench.bench("T-2")
    bench.pack.leave()
    assert bench.bench("T-2").view.orders == ("O1", "O2")
    bench.pack.leave()
    assert bench.bench(TEA).view.packed == 1


def test_taken_apart_each_stands_alone_again(bench):
    bench.bench("T-2", TEA)
    apart = bench.bench("FH:PART")
    assert (apart.message.code, apart.view.order, queue(bench)) == (Code.ORDER_PARTED, "O1", ["O2", "O3"])
    bench.pack.leave()
    assert (bench.bench("T-2").view.parcel, bench.pack.view().view.in_parcel) == ("parcel-O2", 0)


def test_a_tote_of_another_customer_is_refused_with_the_reason(bench):
    assert bench.bench("T-3").message.code is Code.WRONG_TOTE
    assert bench.bench("FH:JOIN").view.prompt.code is Code.SCAN_JOIN_TOTE
    refused = bench.bench("T-3").message
    assert (refused.code, refused.words) == (Code.JOIN_REFUSED, {"order": "O3", "reason": "other_service"})
    bench.pull(
        bench.order("O3", OrderState.PICKED, [("TEA", 1)], together="else", ship_to=["Hans", "Street 2", "Town"])
    )
    assert bench.bench("T-3").message.words["reason"] == "other_address"
    bench.pull(bench.order("O3", OrderState.HELD, [("TEA", 1)], together=""))
    assert bench.bench("T-3").message.words["reason"] == "on_hold"


def test_what_was_begun_or_stands_aside_is_not_offered(bench):
    bench.pull(BinRow(id="P-1", zone="P", kind=BinKind.PROBLEM, seq=99))
    bench.pack.leave()
    bench.bench("T-2", TEA)
    bench.pack.leave()
    bench.bench("T-1")
    assert offered(bench) == []
    bench.bench("FH:JOIN")
    assert bench.pack.view().view.joining is False
    bench.pack.leave()
    bench.bench("T-2", "FH:UNDO", f"FH:ASIDE:{HoldReason.QUESTION.value}")
    assert bench.bench("FH:ASIDE", f"FH:ASIDE:{HoldReason.QUESTION.value}", "P-1").view.step is PackStep.WAITING
    bench.bench("T-1")
    assert offered(bench) == []


def test_when_the_other_is_called_off_nothing_goes_on_before_it_is_out(bench):
    bench.bench("T-2", TEA)
    row, _ = bench.pack_job("p2", "O2", "T-2", lines=(("TEA", 1),), lease=False)
    bench.pull(msgspec.structs.replace(row, state=JobState.CANCELLED))
    assert bench.bench(CUP).message.code is Code.JOIN_GONE
    bench.bench("FH:PART")
    assert bench.bench(CUP).view.step is PackStep.CARTON
    assert "O2" not in queue(bench)


def test_a_tote_in_the_lane_is_asked_for_first(bench, monkeypatch):
    bench.pack_job("p4", "O4", "T-4", lines=(("TEA", 1),), lease=False)
    bench.pull(bench.order("O4", OrderState.PICKED, [("TEA", 1)], together="same"))
    assert offered(bench) == ["O2", "O4"]
    asked = []

    def away(job, timeout_s):
        asked.append(job)
        raise CentreAway

    monkeypatch.setattr(bench.pack._centre, "claim_job", away, raising=False)
    refused = bench.bench("T-4")
    assert (refused.message.code, refused.view.orders, asked) == (Code.TOTE_UNKNOWN_HERE, ("O1",), ["p4"])
