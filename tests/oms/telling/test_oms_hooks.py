"""Messages to other programs over real sockets: order, repetition, crashes, slow and hostile receivers, several servers."""

import json
import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from oms.channels.sealing import BadKey, Sealer
from oms.db.work import Actor
from oms.hooks import actions, queries, sequence, serving
from oms.hooks.actions import HookIn, HookRefusal
from oms.hooks.models import DeliveryState, Happening, HappeningMark, Hook, HookAttempt, HookDelivery
from oms.hooks.sealed import seal_all
from oms.hooks.serving import Server, hand_out
from oms.hooks.settings import HookSettings
from oms.hooks.signing import new_secret, verified
from oms.hooks.worker import HookDesk
from oms.sales.codes import EventKind
from oms.sales.events import note
from oms.sales.models import OrderEvent
from tests.oms.telling.receiver import drip, flood, status

pytestmark = pytest.mark.postgres
SEALER = Sealer(b"k" * 32)
QUICK = HookSettings(private=True, timeout_s=0.7, every_s=0.02, waits=(0.02, 0.02, 0.02), pause_s=0.01)


def hook(shop, receiver, *patterns, **words):
    wanted = HookIn(url=receiver.url, patterns=list(patterns or ["*"]), **words)
    return shop.act(lambda w: actions.make(w, wanted, SEALER, private=True))


def happen(shop, number, *kinds):
    for kind in kinds:
        shop.act(lambda w, kind=kind: note(w, number, kind, part="x"))


def follow(shop):
    """Everything that can be read now is in its queues."""
    while shop.act(sequence.step) + shop.act(hand_out):
        pass


def serve(shop, settings=QUICK, rounds=1):
    server = Server(shop.oms.works, "W", settings, SEALER)
    return [server.serve() for _ in range(rounds)]


def until_served(shop, settings=QUICK, timeout=15):
    """Serves until nothing waits."""
    end = time.monotonic() + timeout
    while states(shop).get("waiting"):
        assert time.monotonic() < end, states(shop)
        if not any(serve(shop, settings)):
            time.sleep(0.01)


def states(shop):
    with shop.oms.sessions() as db:
        return dict(db.execute(select(HookDelivery.state, func.count()).group_by(HookDelivery.state)).all())


def test_events_arrive_in_order_signed_and_once(shop, receiver):
    id, secret = hook(shop, receiver)
    shop.order("N1", ("TEA", 1))
    happen(shop, "N1", EventKind.PAYMENT, EventKind.SHIPPED)
    follow(shop)
    assert serve(shop, rounds=2) == [3, 0]
    assert [one["type"] for one in receiver.events] == ["order.captured", "order.payment", "order.shipped"]
    for _, headers, body in receiver.got:
        assert verified(secret, headers, body, time.time())
    assert len(set(receiver.ids)) == 3
    assert receiver.events[1]["data"] | {"seq": 0} == {
        "seq": 0, "order": "N1", "channel": "", "reference": None, "site": None, "words": {"part": "x"}
    }  # fmt: skip
    assert states(shop) == {DeliveryState.DONE: 3}
    with shop.oms.sessions() as db:
        seen = queries.deliveries(db, id, None, 10)
    assert [one.attempts[0]["status"] for one in seen] == [200] * 3


def test_only_what_is_subscribed_to(shop, receiver):
    hook(shop, receiver, "order.shipped", channels=["shop"])
    shop.order("N1", ("TEA", 1), channel="shop").order("N2", ("TEA", 1), channel="other")
    for number in ("N1", "N2"):
        happen(shop, number, EventKind.SHIPPED, EventKind.NOTE)
    follow(shop)
    serve(shop)
    assert [(one["type"], one["data"]["order"]) for one in receiver.events] == [("order.shipped", "N1")]


def test_nothing_is_missed_when_transactions_overtake_each_other(shop):
    """An event with a smaller id that commits later must not fall behind the readers."""
    shop.order("N1", ("TEA", 1)).order("N2", ("TEA", 1))
    follow(shop)
    slow_wrote, go_on = threading.Event(), threading.Event()

    def slow(w):
        note(w, "N1", EventKind.NOTE)
        slow_wrote.set()
        go_on.wait(10)

    thread = threading.Thread(target=lambda: shop.act(slow))
    thread.start()
    slow_wrote.wait(10)
    happen(shop, "N2", EventKind.PAYMENT)
    assert shop.act(sequence.step) == 0
    go_on.set()
    thread.join()
    assert shop.act(sequence.step) == 2
    kinds = shop.ask(select(Happening.kind).order_by(Happening.seq))
    assert kinds[-2:] == ["order.note", "order.payment"]


def test_a_crowd_of_writers_and_readers_misses_nothing(shop):
    numbers = [f"N{n}" for n in range(6)]
    for number in numbers:
        shop.order(number, ("TEA", 1))
    done = threading.Event()

    def write(number):
        for _ in range(15):
            happen(shop, number, EventKind.NOTE)

    def read():
        while not done.is_set():
            shop.act(sequence.step)

    writers = [threading.Thread(target=write, args=(number,)) for number in numbers]
    readers = [threading.Thread(target=read) for _ in range(2)]
    for thread in writers + readers:
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in readers:
        thread.join()
    follow(shop)
    taken = shop.ask(select(Happening.event_id).order_by(Happening.seq))
    assert len(taken) == 6 * 16
    assert sorted(taken) == shop.ask(select(OrderEvent.id).order_by(OrderEvent.id))
    for number in numbers:
        mine = shop.ask(select(Happening.event_id).where(Happening.order_no == number).order_by(Happening.seq))
        assert mine == sorted(mine)


def test_a_window_greater_than_a_step(shop, monkeypatch):
    monkeypatch.setattr(sequence, "MOST", 3)
    shop.order("N1", ("TEA", 1))
    happen(shop, "N1", *[EventKind.NOTE] * 7)
    assert [shop.act(sequence.step) for _ in range(4)] == [3, 3, 2, 0]
    assert len(shop.ask(select(Happening.seq))) == 8


def test_a_database_restored_into_a_young_cluster_goes_on(shop):
    """Transactions have numbers of the old cluster: neither are its events told twice nor new ones missed."""
    shop.order("N1", ("TEA", 1))
    follow(shop)
    happen(shop, "N1", EventKind.PAYMENT)

    def restore(w):
        w.db.execute(update(OrderEvent).values(xid=10**12 + OrderEvent.id))
        w.db.execute(update(HappeningMark).values(below=10**12, upto=10**12))

    shop.act(restore)
    happen(shop, "N1", EventKind.SHIPPED)
    follow(shop)
    follow(shop)
    assert shop.ask(select(Happening.kind).order_by(Happening.seq)) == [
        "order.captured",
        "order.payment",
        "order.shipped",
    ]


def test_what_failed_is_sent_again_under_the_same_id_and_given_up_in_the_end(shop, receiver):
    hook(shop, receiver, "order.captured")
    receiver.answers = [status(500), status(503, "Retry-After: 0")]
    shop.order("N1", ("TEA", 1))
    follow(shop)
    until_served(shop)
    assert len(receiver.got) == 3
    assert len(set(receiver.ids)) == 1
    receiver.answers = [status(500)] * 4
    shop.order("N2", ("TEA", 1))
    follow(shop)
    until_served(shop)
    assert states(shop) == {DeliveryState.DONE: 1, DeliveryState.DEAD: 1}
    assert shop.ask(select(HookDelivery.reason).where(HookDelivery.state == DeliveryState.DEAD)) == ["status_500"]


def test_one_orders_messages_do_not_overtake_each_other(shop, receiver):
    hook(shop, receiver)
    receiver.answers = [status(400)]
    shop.order("N1", ("TEA", 1))
    happen(shop, "N1", EventKind.PAYMENT)
    shop.order("N2", ("TEA", 1))
    follow(shop)
    until_served(shop, replace(QUICK, waits=(0.3,)))
    told = [(one["data"]["order"], one["type"]) for one in receiver.events]
    assert told == [
        ("N1", "order.captured"), ("N2", "order.captured"), ("N1", "order.captured"), ("N1", "order.payment")
    ]  # fmt: skip


def test_a_server_that_died_between_sending_and_noting_sends_again(shop, receiver, monkeypatch):
    hook(shop, receiver)
    shop.order("N1", ("TEA", 1))
    follow(shop)

    class Died(Exception):
        pass

    def die(*_):
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr(Server, "_settle", die)
        with pytest.raises(Died):
            serve(shop)
    assert len(receiver.got) == 1
    # Its lease is believed for a while; then another server takes over.
    assert serve(shop) == [0]
    shop.act(lambda w: w.db.execute(update(Hook).values(leased_until=w.now - timedelta(seconds=1))))
    assert serve(shop) == [1]
    assert receiver.ids[0] == receiver.ids[1]
    assert states(shop) == {DeliveryState.DONE: 1}


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (status(302, "Location: http://127.0.0.1:1/"), "redirect"),
        (b"nonsense\r\n\r\n", "no_answer"),
        (b"", "no_answer"),
        (flood, "no_answer"),
        (drip, "timeout"),
        (status(404), "status_404"),
    ],
    ids=["redirect", "no-http", "hang-up", "endless-head", "drip", "not-found"],
)
def test_bad_answers(shop, receiver, answer, problem):
    hook(shop, receiver)
    receiver.answers = [answer]
    shop.order("N1", ("TEA", 1))
    follow(shop)
    assert serve(shop) == [1]
    assert shop.ask(select(HookAttempt.problem)) == [problem]
    assert len(receiver.got) == 1


def test_interim_answers_are_passed_over(shop, receiver):
    hook(shop, receiver)
    receiver.answers = [b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + status(204)]
    shop.order("N1", ("TEA", 1))
    follow(shop)
    serve(shop)
    assert states(shop) == {DeliveryState.DONE: 1}


def test_gone_means_never_again(shop, receiver):
    id, _ = hook(shop, receiver)
    receiver.answers = [status(410)]
    shop.order("N1", ("TEA", 1)).order("N2", ("TEA", 1))
    follow(shop)
    assert serve(shop, rounds=2) == [1, 0]
    assert shop.ask(select(Hook.active)) == [False]
    # Switched on again, it is told what waited.
    shop.act(lambda w: actions.change(w, id, HookIn(active=True), private=True))
    until_served(shop)
    assert len(receiver.got) == 2


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1:9/", "https://localhost:9/", "https://[::1]:9/"], ids=["v4", "name", "v6"]
)
def test_nothing_is_sent_into_the_own_network(shop, url):
    """The name is looked up when it is sent; the setting says whether that is meant."""
    shop.act(lambda w: actions.make(w, HookIn(url=url, patterns=["*"]), SEALER, private=False))
    shop.order("N1", ("TEA", 1))
    follow(shop)
    serve(shop, replace(QUICK, private=False))
    assert shop.ask(select(HookAttempt.problem)) == ["private_address"]


def test_a_slow_receiver_does_not_hold_up_others(shop, receiver):
    from tests.oms.telling.receiver import Receiver

    slow = Receiver()
    slow.answers = [drip] * 40
    for _ in range(4):
        hook(shop, slow)
    hook(shop, receiver)
    desk = HookDesk(shop.oms.works, "W", replace(QUICK, timeout_s=1.5, waits=(5.0,)), SEALER)
    desk.start()
    try:
        for n in range(5):
            shop.order(f"N{n}", ("TEA", 1))
        slow.wait(3)
        shop.order("N9", ("TEA", 1))
        receiver.wait(6)
        with shop.oms.sessions() as db:
            assert db.scalar(select(func.count()).select_from(HookDelivery).where(HookDelivery.state == "waiting")) > 10
    finally:
        desk.stop()
        slow.close()


def test_two_servers_side_by_side_tell_everything_once(shop, receiver):
    hook(shop, receiver)
    desks = [HookDesk(shop.oms.works, "W", QUICK, SEALER) for _ in range(2)]
    for desk in desks:
        desk.start()
    try:
        for n in range(15):
            shop.order(f"N{n}", ("TEA", 1))
        receiver.wait(15)
    finally:
        for desk in desks:
            desk.stop()
    assert len(receiver.ids) == len(set(receiver.ids)) == 15
    assert [one["data"]["seq"] for one in receiver.events] == sorted(one["data"]["seq"] for one in receiver.events)


def test_replay_by_number_and_by_time(shop, receiver):
    id, _ = hook(shop, receiver, "order.captured")
    shop.order("N1", ("TEA", 1)).order("N2", ("TEA", 1))
    happen(shop, "N1", EventKind.NOTE)
    follow(shop)
    until_served(shop)
    [first, _, third] = shop.ask(select(Happening.seq).order_by(Happening.seq))
    assert shop.act(lambda w: actions.replay(w, id, seqs=[first, third])) == 1
    [start] = shop.ask(select(Happening.at).where(Happening.seq == first))
    assert shop.act(lambda w: actions.replay(w, id, since=start, until=start + timedelta(hours=1))) == 2
    until_served(shop)
    a, b = receiver.ids[:2]
    assert receiver.ids == [a, b, a, a, b]
    with pytest.raises(actions.Refused) as caught:
        shop.act(lambda w: actions.replay(w, id))
    assert caught.value.code is HookRefusal.BAD_VALUE


def test_rotation_has_two_valid_secrets_for_a_while(shop, receiver):
    id, old = hook(shop, receiver)
    new = shop.act(lambda w: actions.rotate(w, id, SEALER, 1))
    shop.act(lambda w: actions.test(w, id))
    serve(shop)
    shop.act(lambda w: w.db.execute(update(Hook).values(before_until=w.now)))
    shop.act(lambda w: actions.test(w, id))
    serve(shop)
    both, one = receiver.got
    assert [verified(secret, both[1], both[2], time.time()) for secret in (old, new)] == [True, True]
    assert [verified(secret, one[1], one[2], time.time()) for secret in (old, new)] == [False, True]
    assert json.loads(one[2])["type"] == "hook.test"


def test_requests_that_are_refused(shop):
    def refused(act):
        with pytest.raises(actions.Refused) as caught:
            shop.act(act)
        return caught.value.code

    good = HookIn(url="https://shop.example.com/x", patterns=["*"])
    assert (
        refused(lambda w: actions.make(w, HookIn(url="http://x.example/", patterns=["*"]), SEALER, private=False))
        == "bad_url"
    )
    assert (
        refused(lambda w: actions.make(w, HookIn(url=good.url, patterns=["nothing"]), SEALER, private=False))
        == "bad_pattern"
    )
    assert refused(lambda w: actions.make(w, HookIn(url=good.url), SEALER, private=False)) == "bad_value"
    assert refused(lambda w: actions.test(w, "x")) == "unknown_hook"
    id, _ = shop.act(lambda w: actions.make(w, good, SEALER, private=False))
    assert refused(lambda w: actions.again(w, id, 5)) == "unknown_delivery"
    assert refused(lambda w: actions.rotate(w, id, SEALER, -1)) == "bad_value"
    shop.act(lambda w: actions.remove(w, id))
    assert shop.ask(select(Hook)) == []


def test_the_feed_pages_and_filters(shop):
    for n in range(5):
        shop.order(f"N{n}", ("TEA", 1), channel="a" if n % 2 else "b")
        happen(shop, f"N{n}", EventKind.NOTE)
    follow(shop)
    with shop.oms.sessions() as db:
        seen, after = [], 0
        while True:
            page, further = queries.events(db, after, 3, ["order.captured"], [])
            if further == after:
                break
            seen += [one["data"]["order"] for one in page]
            after = further
        assert seen == [f"N{n}" for n in range(5)]
        only, _ = queries.events(db, 0, 100, [], ["a"])
        assert {one["channel"] for one in (each["data"] for each in only)} == {"a"}
        assert queries.events(db, 10**9, 3, [], []) == ([], 10**9)


def test_old_messages_are_forgotten(shop, receiver):
    hook(shop, receiver)
    shop.order("N1", ("TEA", 1)).order("N2", ("TEA", 1))
    follow(shop)
    until_served(shop)
    shop.act(
        lambda w: w.db.execute(
            text("UPDATE hook_delivery SET created_at = created_at - interval '31 days' WHERE order_no = 'N1'")
        )
    )
    shop.act(serving.forget)
    assert shop.ask(select(HookDelivery.order_no)) == ["N2"]


def test_a_floor_lost_its_database_for_a_moment(shop, receiver):
    """The desk says so quietly and goes on."""
    from sqlalchemy.exc import OperationalError

    desk = HookDesk(shop.oms.works, "W", QUICK, SEALER)
    steps = iter([OperationalError("x", None, Exception()), None])
    real = desk.step
    happened = threading.Event()

    def step():
        error = next(steps, None)
        if error is not None:
            happened.set()
            raise error
        return real()

    desk.step = step
    hook(shop, receiver)
    desk.start()
    try:
        assert happened.wait(5)
        shop.oms.works.run("W", Actor("test"), lambda w: None)
        shop.order("N1", ("TEA", 1))
        receiver.wait(1)
    finally:
        desk.stop()


def test_no_secret_is_in_the_database_and_only_its_key_opens_it(shop, receiver):
    id, secret = hook(shop, receiver)
    second = shop.act(lambda w: actions.rotate(w, id, SEALER, 1))
    with shop.oms.engine.connect() as db:
        kept = str(db.execute(text("SELECT to_jsonb(h) FROM hook h")).all())
    for one in (secret, second):
        assert one not in kept
        assert one.removeprefix("whsec_") not in kept
    shop.order("N1", ("TEA", 1))
    follow(shop)
    Server(shop.oms.works, "W", QUICK, Sealer(b"x" * 32)).serve()
    assert receiver.got == []
    with shop.oms.sessions() as db:
        [seen] = queries.deliveries(db, id, None, 1)
    assert [one["problem"] for one in seen.attempts] == ["no_secret"]
    until_served(shop)
    assert all(verified(second, headers, body, time.time()) for _, headers, body in receiver.got)
    with pytest.raises(BadKey):
        shop.act(lambda w: actions.make(w, HookIn(url=receiver.url, patterns=["*"]), Sealer(None), private=True))


def test_secrets_of_an_older_version_are_sealed_at_the_start_and_go_on_signing(shop, receiver):
    hook(shop, receiver)
    old, older = new_secret(), new_secret()
    later = {"before_sealed": older, "before_until": func.now() + timedelta(hours=1)}
    shop.act(lambda w: w.db.execute(update(Hook).values(secret_sealed=old, **later)))
    assert shop.act(lambda w: seal_all(w, Sealer(None))) == 0
    shop.order("N1", ("TEA", 1))
    desk = HookDesk(shop.oms.works, "W", QUICK, SEALER)
    desk.start()
    try:
        receiver.wait(1)
    finally:
        desk.stop()
    [(_, headers, body)] = receiver.got
    assert [verified(one, headers, body, time.time()) for one in (old, older)] == [True, True]
    [kept] = shop.ask(select(Hook))
    assert old not in (kept.secret_sealed, kept.before_sealed)
    assert not kept.secret_sealed.startswith("whsec_")
    assert shop.act(lambda w: seal_all(w, SEALER)) == 0
