"""Mails by a real mail server: nights, who wants none, mails that come back, the staff's, a killed process, and very many of them."""

import email
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.policy import SMTP
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text, update

from oms.channels.sealing import Sealer
from oms.customers.models import Customer, CustomerConsent
from oms.forecast.codes import Method, RunState, Shape
from oms.forecast.models import ForecastRun, ItemForecast
from oms.hooks import sequence
from oms.inventory.models import StockMove
from oms.notify import bounces, staff, stops
from oms.notify.codes import MailKind, MailState, Refused, StopWhy
from oms.notify.models import Mail, MailStop, StockAlert
from oms.notify.outbox import Outbox
from oms.notify.quiet import BadQuiet, Quiet, parsed, zones_of
from oms.notify.settings import BadMailSetting, MailSettings, Security, mail_from
from oms.sales.codes import EventKind, SaleState
from oms.sales.events import note
from oms.sales.models import CustomerOrder
from oms.waves.models import Wave
from sync.contract.codes import Method as WalkMethod
from sync.contract.codes import WaveState
from tests.oms.telling.mailserver import MailHost

postgres = pytest.mark.postgres
SEALER = Sealer(b"k" * 32)
TOLD = MailSettings(
    host="127.0.0.1", security=Security.NONE, sender="shop@example.com", shop="Tea & Co", public_url="https://track.example.com",
    timeout_s=2.0, every_s=0.02, waits=(0.05,) * 8, follow_up_days=3,
)  # fmt: skip
BOUNCE = """\
From: MAILER-DAEMON@mx.example.net
To: shop@example.com
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It did not get there.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 no such user

--b
Content-Type: {kind}

Message-ID: {id}
Subject: x

--b--
"""


def bounce(id, to="ada@example.com", action="failed", status="5.1.1", kind="text/rfc822-headers"):
    return BOUNCE.format(id=id, to=to, action=action, status=status, kind=kind).replace("\n", "\r\n").encode()


@pytest.fixture
def host():
    made = MailHost().start()
    yield made
    made.stop()


def settings(host, **words):
    return MailSettings(**{**{name: getattr(TOLD, name) for name in TOLD.__slots__}, "port": host.port, **words})


def outbox(shop, host, **words):
    return Outbox(shop.oms.works, shop.oms.sessions, "W", settings(host, **words), SEALER)


def write_all(shop, box):
    while shop.act(sequence.step) + box.write():
        pass


def order(shop, number="N1", **words):
    shop.order(number, ("TEA", 1), **{"email": "ada@example.com", "total": Decimal("2.50"), "language": "en", **words})


def told(host):
    return [email.message_from_bytes(content, policy=SMTP) for _, _, content in host.box.mails]


def mails(shop):
    return shop.ask(select(Mail).order_by(Mail.created_at, Mail.kind, Mail.order_no))


def look(shop, host):
    return shop.act(lambda w: staff.look(w, settings(host)))


def due_now(shop):
    shop.act(lambda w: w.db.execute(update(Mail).where(Mail.state == MailState.WAITING).values(next_at=w.now)))


def customer(shop, given=True):
    def make(w):
        w.db.add(Customer(id="c1", number="1", name="Ada", email="ada@example.com", created_at=w.now))
        w.db.flush()
        if given is not None:
            w.db.add(CustomerConsent(id=f"g{given}", customer_id="c1", what=stops.CONSENT, given=given, at=w.now))

    shop.act(make)


# --- nights ---


@pytest.mark.parametrize(
    ("clock", "zone", "wait_h"),
    [
        (12, "UTC", 0),
        (22, "UTC", 10),
        (3, "UTC", 5),
        (8, "UTC", 0),
        (20, "Europe/Amsterdam", 11),
        (12, "Asia/Tokyo", 11),
    ],
)
def test_a_night_is_waited_for_where_the_customer_is(clock, zone, wait_h):
    night = parsed(f"21:00-08:00 {zone}")
    now = datetime(2026, 1, 15, clock, tzinfo=UTC)
    assert night.over(now) - now == timedelta(hours=wait_h)
    assert parsed(night.text) == night


def test_a_country_with_many_zones_is_asleep_while_one_of_them_is():
    night = Quiet(parsed("21:00-08:00").since, parsed("21:00-08:00").until, zones_of("US"))
    now = datetime(2026, 1, 15, 14, tzinfo=UTC)
    morning = night.over(now)
    assert timedelta() < morning - now <= timedelta(hours=24)
    for zone in ("America/New_York", "America/Los_Angeles", "Pacific/Honolulu"):
        alone = Quiet(night.since, night.until, (zone,))
        assert alone.over(morning) == morning
    # Where it is always night somewhere, a mail goes all the same.
    everywhere = Quiet(night.since, night.until, zones_of("RU"))
    assert everywhere.over(now) - now <= timedelta(hours=24)
    assert zones_of("nl") == ("Europe/Amsterdam",)
    assert zones_of("XX") == ()


@given(
    st.integers(0, 23), st.integers(0, 59), st.integers(0, 23), st.integers(0, 59), st.integers(0, 8760 * 60),
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]),
)  # fmt: skip
def test_after_a_night_it_is_day_and_no_night_is_longer_than_itself(h, m, h2, m2, minute, zone):
    text = f"{h:02}:{m:02}-{h2:02}:{m2:02} {zone}"
    if (h, m) == (h2, m2):
        with pytest.raises(BadQuiet):
            parsed(text)
        return
    night = parsed(text)
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    morning = night.over(now)
    assert now <= morning <= now + timedelta(hours=25)
    assert night.over(morning) == morning


@pytest.mark.parametrize(
    "text",
    ["21", "21:00", "25:00-08:00", "21:00-08:00 Mars/Base", "a-b", "21:00-21:00", "21:0-8:00"],
)
def test_what_is_no_night(text):
    with pytest.raises(BadQuiet):
        parsed(text)
    with pytest.raises(BadMailSetting):
        mail_from({"FLOORHAND_SMTP_HOST": "m", "FLOORHAND_MAIL_FROM": "a@example.com", "FLOORHAND_MAIL_QUIET": text})


def _asleep(shop):
    """Quiet hours in which it is now, in the Netherlands."""
    here = shop.act(lambda w: w.now).astimezone(ZoneInfo("Europe/Amsterdam"))
    return parsed(f"{here - timedelta(hours=1):%H:%M}-{here + timedelta(hours=2):%H:%M}")


@postgres
def test_at_night_only_who_is_awake_is_written_to(shop, host):
    box = outbox(shop, host, quiet=_asleep(shop))
    order(shop)
    shop.act(lambda w: note(w, "N1", EventKind.REFUNDED, amount="2.50", currency="EUR"))
    write_all(shop, box)
    assert box.send() == (1, True)
    assert [mail["Subject"] for mail in told(host)] == ["We have your order N1"]
    [refunded] = [one for one in mails(shop) if one.kind is MailKind.REFUNDED]
    wait = refunded.next_at - shop.act(lambda w: w.now)
    assert timedelta(hours=1, minutes=50) < wait < timedelta(hours=2, minutes=1)
    shop.act(lambda w: w.db.execute(update(Mail).where(Mail.kind == MailKind.REFUNDED).values(next_at=w.now, quiet="")))
    assert box.send() == (1, True)


# --- follow-up, and who wants none ---


@postgres
def test_a_follow_up_comes_once_and_has_a_way_out_of_one_request(shop, host):
    customer(shop)
    order(shop, customer_id="c1")
    box = outbox(shop, host)
    for n in range(2):
        shop.act(lambda w, n=n: note(w, "N1", EventKind.DELIVERED, site="W", key=f"d{n}", tracking="3S"))
    write_all(shop, box)
    [follow] = [one for one in mails(shop) if one.kind is MailKind.FOLLOW_UP]
    assert timedelta(days=2, hours=23) < follow.next_at - follow.created_at <= timedelta(days=3)
    box.send()
    assert MailKind.FOLLOW_UP not in {one.kind for one in mails(shop) if one.state is MailState.SENT}
    due_now(shop)
    box.send()
    follow = next(one for one in told(host) if "all right" in one["Subject"])
    url = follow["List-Unsubscribe"].strip("<>")
    assert url.startswith("https://track.example.com/m/")
    assert follow["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert url in follow.get_body(("plain",)).get_content().replace("\n", "")
    assert "ada@" not in url
    assert stops.digest_in(url.rpartition("/")[2], SEALER) == stops.digest_of(" ADA@example.com")
    assert not any("List-Unsubscribe" in one for one in told(host) if one["Subject"] != follow["Subject"])


@postgres
@pytest.mark.parametrize("given", [False, None], ids=["took-it-back", "never-asked"])
def test_no_follow_up_without_consent(shop, host, given):
    customer(shop, given)
    order(shop, customer_id="c1")
    shop.act(lambda w: note(w, "N1", EventKind.PICKED_UP))
    write_all(shop, outbox(shop, host))
    assert MailKind.FOLLOW_UP not in {one.kind for one in mails(shop)}


@postgres
@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda w: stops.stop(w, stops.digest_of("ada@example.com"), StopWhy.UNSUBSCRIBED), "unsubscribed"),
        (lambda w: w.db.add(CustomerConsent(id="g2", customer_id="c1", what=stops.CONSENT, given=False, at=w.now)), "no_consent"),
        (lambda w: setattr(w.db.get(CustomerOrder, "N1"), "state", SaleState.RETURNED), "order_over"),
    ],
    ids=["unsubscribed", "took-it-back", "returned"],
)  # fmt: skip
def test_who_changed_their_mind_meanwhile_gets_no_follow_up_but_mails_about_orders(shop, host, change, why):
    customer(shop)
    order(shop, customer_id="c1")
    shop.act(lambda w: note(w, "N1", EventKind.PICKED_UP))
    box = outbox(shop, host)
    write_all(shop, box)
    shop.act(change)
    due_now(shop)
    box.send()
    assert {one.kind: (one.state, one.problem) for one in mails(shop)} == {
        MailKind.CONFIRMED: (MailState.SENT, ""), MailKind.FOLLOW_UP: (MailState.DEAD, why),
    }  # fmt: skip


@pytest.mark.parametrize("token", ["", "x", "ä", "a" * 300, "=" * 9, "A" * 80, "%00"])
def test_a_link_that_we_never_made_is_nobodys(token):
    assert stops.digest_in(token, SEALER) is None
    other = stops.token_for("ada@example.com", Sealer(b"x" * 32))
    assert stops.digest_in(other, SEALER) is None
    assert stops.token_for("ada@example.com", Sealer(None)) == ""


@postgres
def test_a_new_day_is_told_when_it_is_later_than_the_one_before(shop, host):
    order(shop)
    for day in ("2026-12-01", "2026-12-04", "2026-12-02", "not a day"):
        shop.act(lambda w, day=day: note(w, "N1", EventKind.PROMISED, day=day))
    box = outbox(shop, host)
    write_all(shop, box)
    box.send()
    late = [one.get_body(("plain",)).get_content() for one in told(host) if "another day" in one["Subject"]]
    assert len(late) == 1
    assert "04/12/2026" in late[0]


# --- mails that come back ---


@postgres
@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_a_mail_that_came_back_stops_the_next_ones_and_is_told_to_the_desk(shop, host, kind):
    shop.act(lambda w: staff.keep(w, "desk@example.com", "de", ["bounced"], ""))
    box = outbox(shop, host)
    order(shop)
    write_all(shop, box)
    box.send()
    [sent] = mails(shop)
    raw = bounce(sent.message_id, kind=kind)
    for _ in range(2):
        assert shop.act(lambda w: bounces.take(w, raw, settings(host))) == (1, 1)
    order(shop, "N2")
    write_all(shop, box)
    box.send()
    rows = {(one.kind, one.order_no): (one.state, one.problem) for one in mails(shop)}
    assert rows == {
        (MailKind.CONFIRMED, "N1"): (MailState.DEAD, "bounced_5.1.1"),
        (MailKind.BOUNCED, ""): (MailState.SENT, ""),
        (MailKind.CONFIRMED, "N2"): (MailState.DEAD, "address_bounced"),
    }
    desk = next(one for one in told(host) if one["To"] == "desk@example.com")
    assert "Bestellung N1: 5.1.1" in desk.get_body(("plain",)).get_content()
    assert "ada@example.com" not in desk.as_string()
    assert shop.act(lambda w: stops.lift(w, "Ada@Example.com"))
    order(shop, "N3")
    write_all(shop, box)
    box.send()
    assert ("ada@example.com", "We have your order N3") in [(one["To"], one["Subject"]) for one in told(host)]


@postgres
def test_who_writes_a_notification_of_their_own_stops_nothing(shop, host):
    box = outbox(shop, host)
    order(shop)
    write_all(shop, box)
    box.send()
    [sent] = mails(shop)
    for raw in (
        bounce("<guessed@example.com>"), bounce(sent.message_id, to="eve@example.com"), bounce(sent.message_id)[:-200], b"", b"\xff" * 999,
        bounce(sent.message_id).replace(b"multipart/report", b"multipart/mixed"),
    ):  # fmt: skip
        assert shop.act(lambda w, raw=raw: bounces.take(w, raw, settings(host)))[1] == 0
    for action, status in (("delayed", "4.4.1"), ("failed", "4.2.2"), ("delivered", "2.0.0")):
        assert shop.act(
            lambda w, a=action, s=status: bounces.take(w, bounce(sent.message_id, action=a, status=s), settings(host))
        ) == (1, 0)
    # A full mailbox: this mail is lost, the next one is tried.
    assert shop.act(lambda w: bounces.take(w, bounce(sent.message_id, status="5.2.2"), settings(host))) == (1, 1)
    assert shop.ask(select(MailStop)) == []


@given(st.binary(max_size=600))
def test_nothing_that_comes_as_a_notification_breaks_its_reading(raw):
    assert bounces.read(raw) == []
    assert isinstance(bounces.read(bounce("<a@example.com>")[:400] + raw), list)
    for one in bounces.read(bounce("<a@example.com>").replace(b"5.1.1", raw.replace(b"\n", b""), 1)):
        assert one.receiver == "ada@example.com"


@postgres
@pytest.mark.parametrize(
    ("said", "stopped"), [("550 5.1.1 nobody", True), ("550 5.7.1 not from you", False), ("550 no", False)]
)
def test_a_mail_server_that_says_so_at_once_is_heard_too(shop, host, said, stopped):
    order(shop)
    box = outbox(shop, host)
    write_all(shop, box)
    host.box.says = [said]
    box.send()
    [mail] = mails(shop)
    assert (mail.state, mail.problem) == (MailState.DEAD, "bounced_5.1.1" if stopped else "receiver_550")
    assert bool(shop.ask(select(MailStop))) is stopped


# --- the staff's ---


def _forecast(w, sku, point):
    w.db.merge(ForecastRun(
        id="r", site_id="W", day=w.now.date(), started_at=w.now, learned={}, source="t", state=RunState.DONE,
    ))  # fmt: skip
    w.db.flush()
    w.db.add(ItemForecast(
        site_id="W", sku=sku, run_id="r", day=w.now.date(), shape=next(iter(Shape)), method=next(iter(Method)), known_weeks=9,
        level=Decimal(1), weeks=[1.0], cover_days=Decimal(7), cover_mean=Decimal(1), cover_sd=Decimal(1), quantiles={},
        service=Decimal("0.95"), reorder_point=point, safety=1, order_qty=1, upto=2,
    ))  # fmt: skip


@postgres
def test_low_stock_is_told_once_until_it_is_well_again(shop, host):
    shop.act(lambda w: staff.keep(w, "buyer@example.com", "nl", ["low_stock"], ""))
    shop.act(lambda w: staff.keep(w, "else@example.com", "en", ["late_wave"], ""))
    shop.act(lambda w: _forecast(w, "TEA", 10_000))
    shop.act(lambda w: _forecast(w, "CUP", 0))
    box = outbox(shop, host)
    assert [look(shop, host) for _ in range(3)] == [1, 0, 0]
    box.send()
    [mail] = told(host)
    assert mail["To"] == "buyer@example.com"
    plain = mail.get_body(("plain",)).get_content()
    assert "TEA: " in plain
    assert "CUP" not in plain
    assert "Bestelling" not in plain
    shop.act(lambda w: w.db.execute(update(ItemForecast).values(reorder_point=0)))
    assert look(shop, host) == 0
    assert shop.ask(select(StockAlert)) == []
    shop.act(lambda w: w.db.execute(update(ItemForecast).where(ItemForecast.sku == "TEA").values(reorder_point=9999)))
    assert look(shop, host) == 1


@postgres
def test_goods_that_lie_are_told_once_and_looked_for_only_daily(shop, host):
    shop.act(lambda w: staff.keep(w, "buyer@example.com", "en", ["dead_stock"], ""))

    shop.act(lambda w: w.move("came", 0, "TEA", "", "supplier", "bin:A-01", 5))

    def long_ago(w):
        w.db.execute(text("SET LOCAL session_replication_role = replica"))
        w.db.execute(update(StockMove).values(at=StockMove.at - timedelta(days=400)))

    shop.act(long_ago)
    assert look(shop, host) == 0
    assert [shop.act(lambda w: staff.look_back(w, settings(host))) for _ in range(2)] == [1, 0]
    outbox(shop, host).send()
    [mail] = told(host)
    assert "TEA" in mail.get_body(("plain",)).get_content()
    # Who looks for what is low does not take them for well again.
    look(shop, host)
    assert {one.kind for one in shop.ask(select(StockAlert))} == {MailKind.DEAD_STOCK}


@postgres
def test_a_late_wave_is_told_once_to_who_wants_to_know(shop, host):
    shop.act(lambda w: staff.keep(w, "floor@example.com", "da", ["late_wave"], ""))

    def waves(w):
        for id, minutes, state in (
            ("soon", 20, WaveState.IN_PROGRESS), ("later", 90, WaveState.IN_PROGRESS), ("done", 5, WaveState.COMPLETE),
            ("long-ago", -900, WaveState.IN_PROGRESS),
        ):  # fmt: skip
            w.db.add(Wave(
                id=id, site_id="W", name=f"W {id}", state=state, method=next(iter(WalkMethod)), created_at=w.now, body={},
                cut_off=w.now + timedelta(minutes=minutes),
            ))  # fmt: skip

    shop.act(waves)
    box = outbox(shop, host)
    assert [look(shop, host) for _ in range(2)] == [1, 0]
    box.send()
    [mail] = told(host)
    assert "W soon" in mail.get_body(("plain",)).get_content()
    shop.act(lambda w: w.db.execute(update(Wave).values(state=WaveState.COMPLETE)))


@postgres
@pytest.mark.parametrize(
    "words",
    [("ada", "en", ["bounced"], ""), ("a@b.example\r\nBcc: c@d.example", "en", ["bounced"], ""), ("a@b.example", "fr", ["bounced"], ""),
     ("a@b.example", "en", [], ""), ("a@b.example", "en", ["shipped"], ""), ("a@b.example", "en", ["bounced"], "night"),
     ("a@b.example", "en", ["bounced"], "21:00-08:00 UTC")],
)  # fmt: skip
def test_what_cannot_be_kept_of_the_staff(shop, words):
    with pytest.raises(Refused):
        shop.act(lambda w: staff.keep(w, *words))


# --- trouble on the way ---


@postgres
def test_greylisting_is_waited_out(shop, host):
    host.box.grey_s = 0.3
    for n in range(5):
        order(shop, f"N{n}", email=f"c{n}@example.com")
    box = outbox(shop, host, waits=(0.1,) * 20)
    write_all(shop, box)
    end = time.monotonic() + 20
    while len(host.box.mails) < 5:
        assert time.monotonic() < end
        box.send()
        time.sleep(0.05)
    assert host.box.turned_away >= 5
    assert {one.state for one in mails(shop)} == {MailState.SENT}


_CHILD = """
import sys
from oms.bootstrap import open_oms
from oms.notify.outbox import Outbox
from oms.notify.settings import MailSettings, Security
from sqlalchemy import make_url
oms = open_oms(make_url(sys.argv[1]))
told = MailSettings(host="127.0.0.1", port=int(sys.argv[2]), security=Security.NONE, sender="shop@example.com")
print("ready", flush=True)
Outbox(oms.works, oms.sessions, "W", told).send()
"""


@postgres
def test_a_process_that_is_killed_between_the_yes_and_its_note_doubles_that_one_mail_and_names_it_the_same(
    shop, host, database_url
):
    for n in range(6):
        order(shop, f"N{n}")
    box = outbox(shop, host)
    write_all(shop, box)
    url = database_url.render_as_string(hide_password=False)
    child = subprocess.Popen([sys.executable, "-c", _CHILD, url, str(host.port)], stdout=subprocess.PIPE, text=True)
    with child:
        # The mail server has taken it, and the process that sent it will never hear so.
        host.box.taken = lambda _: os.kill(child.pid, signal.SIGKILL) if len(host.box.mails) == 3 else None
        assert child.wait(60) == -signal.SIGKILL
    host.box.taken = lambda _: None
    assert box.send() == (3, True)
    due_now(shop)
    assert box.send() == (1, True)
    ids = [one["Message-ID"] for one in told(host)]
    assert len(ids) == 7
    assert len(set(ids)) == 6
    assert ids[2] == ids[-1]
    assert {one.state for one in mails(shop)} == {MailState.SENT}


@postgres
def test_many_mails_through_all_kinds_of_trouble_are_told_once_each(shop):
    from tools.soak.mails import run

    done = run(shop.oms, 60, seed=1)
    assert done.told == done.messages == 60 * done.kinds
    assert done.doubled <= 2 * done.downs
    assert done.turned_away > 0
    assert done.downs > 0


@pytest.mark.parametrize("days", ["-1", "x", "91", "٣"])
def test_days_until_a_follow_up(days):
    outside = {"FLOORHAND_SMTP_HOST": "m", "FLOORHAND_MAIL_FROM": "a@example.com"}
    assert mail_from({**outside, "FLOORHAND_MAIL_FOLLOW_UP_DAYS": "3"}).follow_up_days == 3
    with pytest.raises(BadMailSetting):
        mail_from({**outside, "FLOORHAND_MAIL_FOLLOW_UP_DAYS": days})
