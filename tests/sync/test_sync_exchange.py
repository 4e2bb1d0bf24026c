"""What the exchange makes of answers: nothing that does not fit the store as it is now gets in."""

import msgspec
import pytest

from sync.client import calls
from sync.client.exchange import Exchange, Unreadable
from sync.client.ports import Identity
from sync.client.requests import Response
from sync.client.status import ClaimPolicy
from sync.contract import facts, wire
from sync.contract.chain import chain_start
from sync.contract.codes import ErrorCode
from sync.simulation.clock import VirtualClock, VirtualTime
from sync.simulation.store import MemoryStore

PULL = calls.Pull(0, 10, digest=True)


@pytest.fixture
def store():
    """A paired store with three facts."""
    made = MemoryStore(VirtualClock(VirtualTime()))
    made.identity = Identity("d", "MAIN", "c", 1, "0" * 64, ("h:1",))
    for n in range(3):
        made.append(f"{n:032x}", facts.ScanRefused(job=None, text=str(n), code="x"), None, None)
    return made


@pytest.fixture
def exchange(store):
    return Exchange(store.ports(), "test")


def page(from_="", to="b", through=2, digest=None, **words):
    change = wire.Change(e="bin", id="A", v=2, d=msgspec.Raw(b'{"id":"A"}'))
    return wire.PullReply(
        from_=from_, to=to, head=2, more=False, changes=[change], epoch=1, server_time="", through=through, digest=digest,
        **words,
    )  # fmt: skip


def ok(body):
    return Response(200, msgspec.json.encode(body))


def refusal(status, code, **words):
    return Response(status, msgspec.json.encode(wire.ErrorBody(error=code, epoch=2, **words)))


def test_a_page_that_does_not_follow_on_the_cursor_is_dropped(store, exchange):
    sent = exchange.prepare(PULL)
    assert isinstance(exchange.digest(sent, ok(page())), calls.Pulled)
    assert exchange.digest(sent, ok(page())) == calls.Dropped()
    sent = exchange.prepare(PULL)
    store.ports().rows.reset()
    assert exchange.digest(sent, ok(page(from_="b", to="c"))) == calls.Dropped()
    assert (store.rows, store.cursor) == ({}, "")


def test_what_another_time_line_says_leads_to_an_open(store, exchange):
    """With no rows yet nothing in the cursor speaks of the time line; rows of a restored server would hide what it has forgotten."""
    other = msgspec.structs.replace(page(), epoch=2)
    assert exchange.digest(exchange.prepare(PULL), ok(other)) == calls.Rewound()
    assert (store.rows, store.cursor) == ({}, "")
    lease = wire.Lease(lease_id="l", item="w", job="j", token=(2, 1), ttl_s=900)
    claim = wire.ClaimReply(leases=[lease], epoch=2, server_time="")
    sent = exchange.prepare(calls.Claim("c", 1, ClaimPolicy(kinds=("pick",))))
    assert exchange.digest(sent, ok(claim)) == calls.Rewound()
    assert list(store.leases) == ["l"]


def test_a_release_says_which_leases_and_they_are_forgotten_here(store, exchange):
    grant = [wire.Lease(lease_id=f"l{n}", item=f"w{n}", job="j", token=(1, n), ttl_s=900) for n in (1, 2)]
    claim = wire.ClaimReply(leases=grant, epoch=1, server_time="")
    sent = exchange.prepare(calls.Claim("c", 1, ClaimPolicy(kinds=("pick",))))
    assert exchange.digest(sent, ok(claim)) == calls.Claimed(1, 0, frozenset({"l1", "l2"}))
    sent = exchange.prepare(calls.Release("r", ("l1", "long gone")))
    asked = msgspec.json.decode(sent.request.body, type=wire.ReleaseRequest)
    assert asked == wire.ReleaseRequest(claim_id="r", leases=[wire.LeaseRef(lease_id="l1", token=(1, 1))])
    told = wire.ReleaseReply(released=["l1"], epoch=1, server_time="")
    assert exchange.digest(sent, ok(told)) == calls.Released()
    assert list(store.leases) == ["l2"]


def test_an_open_says_which_leases_were_not_known_here(store, exchange):
    chain = store.ports().journal.chain_at(3)
    grant = [wire.Lease(lease_id=f"l{n}", item=f"w{n}", job="j", token=(1, n), ttl_s=900) for n in (1, 2)]
    store.ports().leases.store(grant[:1], 0.0, "b")
    answer = msgspec.json.decode(opened(3, chain).body, type=wire.OpenReply)
    answer = msgspec.structs.replace(answer, leases=grant)
    assert exchange.digest(exchange.prepare(calls.Open()), ok(answer)).gained == {"l2"}


def test_a_wrong_check_sum_drops_the_rows_and_never_the_journal(store, exchange, expected_log):
    expected_log.append("fetched again")
    result = exchange.digest(exchange.prepare(PULL), ok(page(digest="f" * 16)))
    assert result.digest_ok is False
    assert (store.rows, store.cursor, len(store.entries)) == ({}, "", 3)


def test_a_right_check_sum_keeps_them(store, exchange):
    exchange.digest(exchange.prepare(PULL), ok(page()))
    right = store.ports().rows.digest()
    store.ports().rows.reset()
    assert exchange.digest(exchange.prepare(PULL), ok(page(digest=right))).digest_ok is True
    assert store.rows


def opened(last_seq, chain):
    return ok(
        wire.OpenReply(
            last_seq=last_seq, chain_at_last=chain, head=0, floor=0, durable_through=0, epoch=1, server_time=""
        )
    )


def test_an_open_with_another_log_is_a_fork(store, exchange):
    sent = exchange.prepare(calls.Open())
    assert exchange.digest(sent, opened(0, chain_start("d"))) == calls.Opened(0)
    assert exchange.digest(sent, opened(2, store.entries[1].chain)) == calls.Opened(0)
    assert exchange.digest(sent, opened(2, store.entries[0].chain)) == calls.ForkFound()
    assert exchange.digest(sent, opened(9, "0" * 64)) == calls.ForkFound()


def test_a_new_time_line_rewinds_to_what_the_server_knows(store, exchange):
    for entry in store.entries:
        entry.outcome, entry.ver = "applied", 7
    said = refusal(409, ErrorCode.EPOCH, last_seq=1, chain_at_last=store.entries[0].chain)
    assert exchange.digest(exchange.prepare(calls.Open()), said) == calls.EpochChanged()
    assert [e.outcome is None for e in store.entries] == [False, True, True]
    assert store.identity.epoch == 2
    # Without a word on the log (a pull) nothing is touched but the question is put again.
    assert exchange.digest(exchange.prepare(PULL), refusal(409, ErrorCode.EPOCH)) == calls.Rewound()


def test_a_gap_rewinds_and_a_fork_does_not(store, exchange):
    sent = exchange.prepare(calls.Push(2))
    assert [op.seq for op in msgspec.json.decode(sent.request.body, type=wire.PushRequest).ops] == [1, 2]
    here = {"last_seq": 0, "chain_at_last": chain_start("d")}
    assert exchange.digest(sent, refusal(409, ErrorCode.GAP, **here)) == calls.Rewound()
    assert exchange.digest(sent, refusal(409, ErrorCode.GAP, last_seq=5, chain_at_last="0" * 64)) == calls.ForkFound()
    assert exchange.digest(sent, refusal(409, ErrorCode.FORK)) == calls.ForkFound()


def test_a_new_identity_sends_the_same_ops_again(store, exchange):
    before = [e.op.op_id for e in store.entries]
    reply = wire.ReforkReply(device_id="e", epoch=1, server_time="")
    exchange.digest(exchange.prepare(calls.Refork()), Response(201, msgspec.json.encode(reply)))
    push = msgspec.json.decode(exchange.prepare(calls.Push(9)).request.body, type=wire.PushRequest)
    assert [op.op_id for op in push.ops] == before
    assert push.prev_chain == chain_start("e")


def test_what_cannot_be_read_is_said_so(exchange):
    with pytest.raises(Unreadable):
        exchange.digest(exchange.prepare(PULL), Response(200, b"<html>"))
    # A proxy in between answers in its own words.
    assert exchange.digest(exchange.prepare(PULL), Response(502, b"<html>", 7)) == calls.HttpRefused(502, None, 7)


def test_floor_means_rows_from_the_start(store, exchange):
    exchange.digest(exchange.prepare(PULL), ok(page()))
    assert exchange.digest(exchange.prepare(PULL), refusal(410, ErrorCode.FLOOR)) == calls.Resync()
    assert (store.rows, store.cursor, len(store.entries)) == ({}, "", 3)
