"""Who may do what: signing in with and without the centre, home, the supervisor's orders, instructions."""

import pytest

from app.core.messages import Code
from app.core.storage import StorageFull
from app.services.ports import CentreAway, CentreRefused
from sync.contract.codes import ErrorCode, JobKind, JobState, OrderState, Outcome, Role
from sync.contract.rows import ExceptionRow
from sync.contract.wire import (
    Notice,
    OpResult,
    ReleaseOrderResult,
    ReleaseOrdersReply,
    SessionReply,
)


def session(roles=("picker",), who="17", **more):
    values = {
        "session": "s1", "worker": "p1", "name": "Ann", "number": "17", "roles": [Role(role) for role in roles],
        "language": "nl", "offline_verifier": f"dev-1//{who}/1234", "offline_ttl_s": 3600, "epoch": 1, "server_time": "",
    }  # fmt: skip
    return SessionReply(**{**values, **more})


@pytest.fixture
def full(floor, monkeypatch):
    def fill(look=False):
        def no_unit():
            raise StorageFull("full")

        monkeypatch.setattr(floor.store, "unit", no_unit)
        if look:
            monkeypatch.setattr(floor.store, "look", no_unit)

    return fill


# --- sign-in ---


def test_by_badge_online(floor):
    floor.centre.answers["sign_in"] = session()
    before = floor.sign_in.view()
    assert (before.state, before.view.person) == ("signed_out", None)
    came = floor.sign_in.badge("B-1234")
    assert (came.state, came.message.code, came.view.person.name) == ("signed_in", Code.SIGNED_IN, "Ann")
    assert (came.view.person.roles, came.view.person.session) == (frozenset({"picker"}), "s1")
    assert [person.name for person in came.view.recent] == ["Ann"]
    assert "person" in came.changes.entities
    floor.restart()
    assert floor.sign_in.view().view.person.session == "s1"


@pytest.mark.parametrize(
    ("no", "code", "words"),
    [
        (CentreRefused(ErrorCode.WRONG_PIN, "3 left"), Code.WRONG_PIN, {"left": 3}),
        (CentreRefused(ErrorCode.WRONG_PIN), Code.WRONG_PIN, {"left": 4}),
        (CentreRefused(ErrorCode.LOCKED, "", 61), Code.SIGN_IN_LOCKED, {"minutes": 2}),
        (CentreRefused(ErrorCode.RATE_LIMITED), Code.SIGN_IN_LOCKED, {"minutes": 15}),
        (CentreRefused(ErrorCode.REVOKED), Code.NEEDS_CENTRE, {}),
    ],
)
def test_a_pin_the_centre_refuses(floor, no, code, words):
    floor.centre.answers["sign_in"] = no
    answer = floor.sign_in.pin("17", "0000")
    assert (answer.message.code, answer.message.words, answer.view.person) == (code, words, None)


def test_an_unknown_badge(floor):
    floor.centre.answers["sign_in"] = CentreRefused(ErrorCode.WRONG_PIN, "unknown")
    assert floor.sign_in.badge("B-0").message.code is Code.BADGE_UNKNOWN


def test_a_pin_offline_after_one_sign_in_online(floor):
    assert floor.sign_in.pin("17", "1234").message.code is Code.NEEDS_CENTRE
    floor.centre.answers["sign_in"] = session()
    floor.sign_in.pin("17", "1234")
    floor.centre.answers["sign_in"] = CentreAway()
    floor.sign_in.sign_out()
    assert floor.sign_in.pin("18", "1234").message.code is Code.NEEDS_CENTRE
    came = floor.sign_in.pin("17", "1234")
    assert (came.view.person.offline, came.view.person.session) == (True, "s1")


def test_five_wrong_tries_offline_and_only_the_centre_helps(floor):
    floor.centre.answers["sign_in"] = session()
    floor.sign_in.pin("17", "1234")
    floor.centre.answers.clear()
    said = [floor.sign_in.pin("17", "9999").message for _ in range(5)]
    assert [m.words.get("left") for m in said[:4]] == [4, 3, 2, 1]
    assert said[4].code is Code.NEEDS_CENTRE
    assert floor.sign_in.pin("17", "1234").message.code is Code.NEEDS_CENTRE


def test_a_badge_offline(floor):
    floor.centre.answers["sign_in"] = session(offline_verifier="dev-1/B-77//")
    floor.sign_in.badge("B-77")
    floor.centre.answers.clear()
    assert floor.sign_in.badge("B-78").message.code is Code.NEEDS_CENTRE
    assert floor.sign_in.badge("B-77").view.person.offline


def test_signing_out_gives_back_what_was_not_begun(floor):
    floor.person("picker")
    floor.pick_job("j1", "O1")
    floor.pick_job("j2", "O2")
    floor.pick.start("j1")
    floor.scan("T-0001")
    floor.centre.answers["give_back"] = True
    out = floor.sign_in.sign_out()
    assert (out.state, out.view.person) == ("signed_out", None)
    assert floor.centre.asked == [("give_back", ("j2-w1/1", "j2-w2/1"))]
    assert floor.pick.view().view is None
    floor.centre.answers.clear()
    assert floor.sign_in.sign_out().message is None


def test_with_nothing_held_signing_out_asks_nobody(floor):
    floor.person("picker")
    floor.sign_in.sign_out()
    assert floor.centre.asked == []


def test_signing_in_on_a_full_disk(floor, full):
    floor.centre.answers["sign_in"] = session()
    full()
    assert floor.sign_in.badge("B-1").message.code is Code.STORAGE_FULL
    assert floor.sign_in.pin("17", "1234").message.code is Code.STORAGE_FULL
    assert floor.sign_in.sign_out().message.code is Code.STORAGE_FULL


def test_a_disk_that_cannot_be_read(floor, full):
    full(look=True)
    assert floor.sign_in.view().message.code is Code.STORAGE_FULL
    assert floor.home.view(floor_person()).view.prompt.code is Code.STORAGE_FULL
    assert floor.orders.view("all", "").message.code is Code.STORAGE_FULL
    assert floor.orders.release(("O1",)).message.code is Code.STORAGE_FULL
    assert floor.notices.waiting() == ()
    assert floor.notices.acknowledge(1) == ()


def floor_person(*roles):
    from app.core.views import Person

    return Person("p1", "Ann", "17", frozenset(roles))


# --- home ---


@pytest.mark.parametrize(
    ("roles", "doors"),
    [
        (("picker",), ("pick", "zone", "tasks", "wall", "returns", "reports", "settings")),
        (("packer",), ("pack", "wall", "load", "returns", "reports", "settings")),
        (("picker", "packer"), ("pick", "pack", "zone", "tasks", "wall", "load", "returns", "reports", "settings")),
        # Where nothing is fetched in the store, only who leads has the door of that.
        (
            ("supervisor",),
            (
                "pick",
                "pack",
                "zone",
                "tasks",
                "wall",
                "load",
                "pickup",
                "returns",
                "receive",
                "orders",
                "workbench",
                "returns_desk",
                "buying",
                "entry",
                "floor",
                "reports",
                "settings",
            ),
        ),
        ((), ("settings",)),
    ],
)
def test_doors_by_role(floor, roles, doors):
    assert floor.home.view(floor_person(*roles)).view.doors == doors


def test_home_shows_the_work_held(floor):
    floor.pick_job("j1", "O1", cut_off="2027-01-01T12:00:00Z")
    floor.pick_job("j2", "O2", lease=False)
    [card] = floor.home.view(floor_person("picker")).view.jobs
    assert (card.id, card.title, card.lines, card.started, card.flags) == ("j1", "O1", 2, False, ("gift",))
    floor.pick.start("j1")
    floor.scan("T-0001")
    [card] = floor.home.view(floor_person("picker")).view.jobs
    assert (card.started, card.tote) == (True, "T-0001")


# --- orders ---


def test_the_list_is_narrowed_and_counted(floor):
    floor.pull(
        floor.order("O1", OrderState.OPEN),
        floor.order("O2", OrderState.OPEN, priority=1, customer="Ålborg A/S"),
        floor.order("O3", OrderState.HELD, held_reason="no address"),
        ExceptionRow(id="x1", kind="count", state="open", action="count_bin", params={"bin": "B-1", "sku": "CUP"}),
        ExceptionRow(id="x2", kind="count", state="resolved", action="count_bin"),
        ExceptionRow(id="x3", kind="new", state="open", action="dance", worker="p1"),
    )
    view = floor.orders.view("all", "").view
    assert [card.no for card in view.orders] == ["O2", "O1", "O3"]
    assert view.counts == {"open": 2, "held": 1}
    assert (view.orders[0].units, view.orders[2].note) == (3, "no address")
    assert [(card.id, card.message.code) for card in view.needs_you] == [
        ("x1", Code.COUNT_BIN),
        ("x3", Code.SAVED_SUPPORT_INFORMED),
    ]
    assert [card.no for card in floor.orders.view("held", "").view.orders] == ["O3"]
    assert [card.no for card in floor.orders.view("all", "ålborg").view.orders] == ["O2"]
    assert [card.no for card in floor.orders.view("open", "o1").view.orders] == ["O1"]
    assert (view.can_release, view.prompt.code) == (False, Code.NEEDS_CENTRE)


def result(order, job="j", reason=None, **params):
    return ReleaseOrderResult(order=order, job=job, reason=reason, params=params)


@pytest.mark.parametrize(
    ("results", "code", "words"),
    [
        ([result("O1"), result("O2")], Code.ORDERS_RELEASED, {"n": 2}),
        ([result("O1"), result("O2", None, "not_enough_stock", sku="CUP", missing=4)], Code.NOT_ENOUGH_STOCK,
         {"sku": "CUP", "missing": 4, "order": "O2"}),
        ([result("O1", None, "held")], Code.RELEASE_REFUSED, {"order": "O1", "reason": "held"}),
    ],
)  # fmt: skip
def test_release(floor, results, code, words):
    floor.person("supervisor", session="s7")
    floor.centre.answers["release_orders"] = ReleaseOrdersReply(results=results, epoch=1, server_time="")
    assert floor.orders.view("all", "").view.can_release
    answer = floor.orders.release(("O1", "O2"))
    assert (answer.message.code, answer.message.words) == (code, words)
    assert floor.centre.asked == [("release_orders", ("O1", "O2"), "s7")]
    assert "order" in answer.changes.entities


def test_release_needs_the_centre_and_the_right(floor):
    assert floor.orders.release(("O1",)).message.code is Code.NOT_ALLOWED
    floor.person("picker")
    assert floor.orders.release(("O1",)).message.code is Code.NOT_ALLOWED
    floor.person("supervisor")
    assert floor.orders.release(("O1",)).message.code is Code.NEEDS_CENTRE
    floor.centre.answers["release_orders"] = CentreRefused(ErrorCode.FORBIDDEN)
    assert floor.orders.release(("O1",)).message.code is Code.NOT_ALLOWED


# --- instructions ---


def test_instructions_stay_until_done(floor):
    floor.person("picker")
    floor.pick_job()
    floor.pick.start_next()
    floor.scan("T-0001")
    [op] = floor.ports.journal.pending(9, 9)
    notice = Notice(action="put_back", params={"qty": 1, "sku": "CUP", "bin": "B-1"}, exception="x1")
    told = OpResult(seq=1, op_id=op.op_id, outcome=Outcome.DIVERTED, ver=1, notice=notice)
    floor.ports.journal.record_results([told], 1, "", 0)
    [card] = floor.notices.waiting()
    assert (card.message.code, card.message.words["bin"]) == (Code.PUT_BACK, "B-1")
    floor.restart()
    assert floor.notices.waiting() == (card,)
    assert floor.notices.acknowledge(99) == (card,)
    assert floor.notices.acknowledge(card.id) == ()
    assert floor.facts("exception.ack") == [{"exception": "x1"}]


def test_an_instruction_without_an_exception_is_only_read(floor):
    with floor.store.unit() as u:
        u.notices.file("op", Notice(action="saved_support_informed"))
    [card] = floor.notices.waiting()
    assert floor.notices.acknowledge(card.id) == ()
    assert floor.facts("exception.ack") == []


# --- the overlay in lists ---


def test_orders_show_what_this_device_did_at_once_and_never_flicker(floor):
    def shown():
        card = floor.orders.view("all", "").view.orders[0]
        return card.state, card.done_units

    floor.person("picker")
    floor.pick_job()
    assert shown() == ("released", 0)
    floor.pick.start_next()
    floor.scans("T-0001", "B-1", "4006381333931")
    assert shown() == ("picking", 1)
    floor.pick.undo()
    assert shown() == ("picking", 0)
    floor.scans("4006381333931", "FH:SHORT:damaged", "B-2", "5000000000012", "LANE-1")
    assert shown() == ("picked", 3)
    floor.acknowledge()
    assert shown() == ("picked", 3)
    done = floor.order("O1", OrderState.PICKED)
    floor.pull(done)
    assert shown() == ("picked", 0)


def test_a_job_another_device_ended_stays_ended(floor):
    floor.pick_job(state=JobState.DONE)
    assert floor.home.view(floor_person("picker")).view.jobs == ()
    assert JobKind.PICK.value == "pick"
