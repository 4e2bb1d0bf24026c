"""Mails from what happened to orders, by a real mail server: what they say, once, and what becomes of them when it is down or refuses."""

import email
import string
import threading
import time
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from email.policy import SMTP
from io import BytesIO

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import select, update

from oms.hooks import sequence
from oms.notify.models import Mail, MailKind, MailState
from oms.notify.outbox import Outbox
from oms.notify.sending import BadMail, message_of
from oms.notify.settings import BadMailSetting, MailSettings, Security, mail_from
from oms.notify.writing import Letter, texts, write
from oms.returns.codes import CameBy
from oms.returns.deciding import approve, refuse
from oms.returns.models import ReturnLine
from oms.returns.scene import make
from oms.returns.scene import tell as tell_return
from oms.sales.codes import EventKind, SaleState
from oms.sales.events import note
from oms.sales.models import CustomerOrder, CustomerOrderLine, OrderHold
from oms.sales.pickup_models import PickUp
from oms.sales.scene import lock_sale
from sync.contract import facts
from sync.contract.pickup import read_code
from tests.oms.floor.test_oms_pickup_floor import picked
from tests.oms.telling.mailserver import MailHost

postgres = pytest.mark.postgres
TOLD = MailSettings(
    host="127.0.0.1", security=Security.NONE, sender="shop@example.com", shop="Tea & Co", reply_to="help@example.com",
    public_url="https://track.example.com", answer_url="https://shop.example.com/answer/{order}", timeout_s=1.0, every_s=0.02,
    waits=(0.05, 0.05),
)  # fmt: skip


@pytest.fixture
def host():
    made = MailHost().start()
    yield made
    made.stop()


def outbox(shop, host, **words):
    return Outbox(shop.oms.works, shop.oms.sessions, "W", replace(TOLD, port=host.port, **words))


def write_all(shop, box):
    while shop.act(sequence.step) + box.write():
        pass


def tell(shop, host, **words):
    box = outbox(shop, host, **words)
    write_all(shop, box)
    box.send()
    return [email.message_from_bytes(content, policy=SMTP) for _, _, content in host.box.mails]


def ada(shop, number="N1", **words):
    shop.order(number, ("TEA", 2), email="ada@example.com", total=Decimal("12.50"), **{"language": "nl", **words})


def mails(shop):
    return shop.ask(select(Mail).order_by(Mail.created_at, Mail.kind))


@postgres
def test_a_confirmed_order(shop, host):
    ada(shop, reference="#1001", promised=date(2026, 12, 24))
    [mail] = tell(shop, host)
    assert (mail["To"], mail["From"], mail["Reply-To"]) == (
        "ada@example.com",
        "Tea & Co <shop@example.com>",
        "help@example.com",
    )
    assert mail["Subject"] == "We hebben je bestelling #1001"
    assert mail["Auto-Submitted"] == "auto-generated"
    plain = mail.get_body(("plain",)).get_content()
    for words in ("Hallo Ada,", "2 × TEA", "12,50", "24-12-2026", "Tea & Co"):
        assert words in plain, words
    assert "Tea &amp; Co" in mail.get_body(("html",)).get_content()
    [row] = mails(shop)
    assert (row.state, row.attempts) == (MailState.SENT, 1)
    assert row.sent_at
    assert tell(shop, host)[1:] == []


@postgres
@pytest.mark.parametrize(
    ("kind", "words", "change", "says"),
    [
        (
            EventKind.BACKORDERED,
            {"line": 1},
            {"backordered": 1, "expected": date(2026, 12, 1)},
            "1 × TEA: expected 01/12/2026",
        ),
        (EventKind.SUBSTITUTE_OFFERED, {"line": 1, "other": "CUP", "qty": 2}, {}, "2 × CUP in place of TEA"),
        (EventKind.CANCELLED, {"line": 1, "qty": 1}, {"cancelled": 1}, "1 × TEA"),
        (EventKind.REFUNDED, {"amount": "3.10", "currency": "DKK"}, {}, "3.10"),
        (EventKind.CHANGED, {"what": "address, note", "put_backs": 0}, {}, "It goes to Ada"),
        (EventKind.CHANGED, {"what": "lines", "put_backs": 0}, {"qty": 7}, "7 × TEA"),
        (EventKind.READY, {"part": "N1"}, {}, "fetch your order at Test"),
        (EventKind.SHIPPED, {"part": "N1"}, {}, "We have sent your order"),
    ],
    ids=["backordered", "substitute", "part-cancelled", "refunded", "address", "lines", "ready", "shipped"],
)
def test_what_each_mail_says(shop, host, kind, words, change, says):
    ada(shop, language="en")
    if change:
        shop.act(lambda w: w.db.execute(update(CustomerOrderLine).values(**change)))
    # Two lines in one step are one mail; what happens later is another.
    shop.act(lambda w: [note(w, "N1", kind, site="W", **words) for _ in range(2)])
    _, mail = tell(shop, host)
    assert says in mail.get_body(("plain",)).get_content()
    assert len(mails(shop)) == 2


@postgres
def test_what_only_concerns_the_staff_is_no_mail(shop, host):
    ada(shop)
    shop.act(lambda w: note(w, "N1", EventKind.CHANGED, what="note, carrier", put_backs=0))
    shop.act(lambda w: note(w, "N1", EventKind.CHANGED, field="priority", was=5, now=1))
    assert len(tell(shop, host)) == 1


@postgres
@pytest.mark.parametrize(
    ("language", "says"), [("en", "Return RMA"), ("nl", "Retour RMA"), ("de", "Rückgabe RMA"), ("da", "Retur RMA")]
)
def test_a_customer_hears_of_each_step_of_a_return(shop, host, language, says):
    ada(shop, language=language)
    lines = [ReturnLine(return_no="RMA-000001", line_no=1, sku="TEA", qty=2, order_line=1)]

    def asked(w):
        back = make(w, lock_sale(w, "N1"), CameBy.LINK, "W")
        w.db.add_all(lines)
        w.db.flush()
        tell_return(w, back, EventKind.RETURN_ASKED, units=2)

    shop.act(asked)
    heard = tell(shop, host)[1:]
    shop.act(lambda w: refuse(w, "RMA-000001", "it was worn\r\nBcc: all@example.com"))
    heard += tell(shop, host)[2:]
    shop.act(lambda w: approve(w, "RMA-000001"))
    heard += tell(shop, host)[3:]
    texts = [mail.get_body(("plain",)).get_content() for mail in heard]
    assert len(texts) == 3
    assert all(says in text for text in texts)
    assert ["2 × TEA" in text for text in texts] == [True, False, True]
    assert "it was worn Bcc: all@example.com" in texts[1]


@postgres
@pytest.mark.parametrize("language", ["en", "nl", "de", "da"])
def test_who_fetches_an_order_gets_its_code_to_say_and_to_show(shop, host, language):
    hand = picked(shop)
    shop.act(lambda w: w.db.execute(update(CustomerOrder).values(email="ada@example.com", language=language)))
    hand.report(facts.PickupReady(order="N1", shelf="A-04", pieces=["T1"]))
    mail = next(one for one in tell(shop, host) if one.get_body(("related",)))
    [waits] = shop.ask(select(PickUp))
    said = f"{waits.code[:5]} {waits.code[5:]}"
    assert said in mail.get_body(("plain",)).get_content()
    page = mail.get_body(("html",)).get_content()
    [png] = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert f"cid:{png['Content-ID'].strip('<>')}" in page
    assert said in page
    [seen] = zxingcpp.read_barcodes(Image.open(BytesIO(png.get_content())), text_mode=zxingcpp.TextMode.Plain)
    assert read_code(seen.text) == ("N1", waits.code)
    # What the store's handheld reads from it opens the order.
    hand.report(facts.PickupHandOver(order="N1", code=read_code(seen.text)[1], pieces=["T1"]))
    [handed] = shop.ask(select(PickUp))
    assert (handed.by_code, bool(handed.handed_at)) == (True, True)


@postgres
def test_no_code_is_told_of_what_was_fetched_meanwhile(shop, host):
    hand = picked(shop)
    shop.act(lambda w: w.db.execute(update(CustomerOrder).values(email="ada@example.com")))
    hand.report(facts.PickupReady(order="N1", shelf="A-04", pieces=["T1"]))
    hand.report(facts.PickupHandOver(order="N1", name="Ada", pieces=["T1"]))
    told = tell(shop, host)
    [waits] = shop.ask(select(PickUp))
    assert [one for one in told if one.get_body(("related",))] == []
    assert not any(waits.code[:5] in one.as_string() for one in told)


@postgres
def test_a_held_order_is_confirmed_when_it_is_released(shop, host):
    ada(shop)
    shop.act(lambda w: w.db.add(OrderHold(id="h", order_no="N1", code="x", at=w.now)))
    box = outbox(shop, host)
    write_all(shop, box)
    assert mails(shop) == []

    def release(w):
        w.db.get(OrderHold, "h").released_at = w.now
        note(w, "N1", EventKind.HOLD_RELEASED, code="x")

    shop.act(release)
    shop.act(lambda w: note(w, "N1", EventKind.HOLD_RELEASED, code="x"))
    write_all(shop, box)
    assert [mail.kind for mail in mails(shop)] == [MailKind.CONFIRMED]


@postgres
def test_no_mail_where_there_is_nobody_or_it_is_old_or_nothing_is_left(shop, host):
    shop.order("N1", ("TEA", 1))
    ada(shop, "N2")
    shop.act(lambda w: setattr(w.db.get(CustomerOrder, "N2"), "state", SaleState.CANCELLED))
    ada(shop, "N3")
    shop.act(lambda w: note(w, "N3", EventKind.BACKORDERED, line=1))
    shop.act(lambda w: note(w, "N3", EventKind.NOTE))
    assert [mail["Subject"] for mail in tell(shop, host)] == ["We hebben je bestelling N3"]


@postgres
def test_two_servers_write_and_send_each_mail_once(shop, host):
    boxes = [outbox(shop, host) for _ in range(2)]
    for n in range(8):
        ada(shop, f"N{n}")

    def go(box):
        for _ in range(6):
            shop.act(sequence.step)
            box.write()
            box.send()

    threads = [threading.Thread(target=go, args=(box,)) for box in boxes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(to for _, [to], _ in host.box.mails) == ["ada@example.com"] * 8
    assert len({email.message_from_bytes(one)["Message-ID"] for _, _, one in host.box.mails}) == 8


@postgres
def test_a_server_that_is_down_is_waited_for(shop, host):
    ada(shop)
    host.stop()
    box = outbox(shop, host, waits=(0.01,) * 5)
    write_all(shop, box)
    assert box.send() == (1, False)
    assert [(one.state, one.problem) for one in mails(shop)] == [(MailState.WAITING, "server_away")]
    host.start()
    box.start()
    try:
        end = time.monotonic() + 10
        while not host.box.mails:
            assert time.monotonic() < end
            time.sleep(0.02)
    finally:
        box.stop()


@postgres
@pytest.mark.parametrize(
    ("rcpt", "data", "state", "problem"),
    [
        (["450 later"], [], MailState.WAITING, "receiver_450"),
        (["550 nobody here"], [], MailState.DEAD, "receiver_550"),
        ([], ["451 try again"], MailState.WAITING, "mail_451"),
        ([], ["554 looks like spam"], MailState.DEAD, "mail_554"),
    ],
    ids=["4xx-receiver", "5xx-receiver", "4xx-mail", "5xx-mail"],
)
def test_what_the_mail_server_refuses(shop, host, rcpt, data, state, problem):
    ada(shop)
    host.box.says, host.box.data_says = rcpt, data
    assert tell(shop, host) == []
    assert [(one.state, one.problem) for one in mails(shop)] == [(state, problem)]
    if state is MailState.WAITING:
        shop.act(lambda w: w.db.execute(update(Mail).values(next_at=w.now)))
        assert len(tell(shop, host)) == 1


@postgres
def test_refused_for_good_after_some_tries(shop, host):
    ada(shop)
    host.box.says = ["450 later"] * 9
    for _ in range(5):
        tell(shop, host)
        shop.act(lambda w: w.db.execute(update(Mail).values(next_at=w.now)))
    assert [(one.state, one.attempts) for one in mails(shop)] == [(MailState.DEAD, 3)]


@postgres
def test_a_slow_server_is_not_waited_for_for_ever(shop, host):
    ada(shop)
    host.box.delay_s = 0.6
    box = outbox(shop, host, timeout_s=0.2)
    write_all(shop, box)
    assert box.send() == (1, False)
    assert mails(shop)[0].problem in ("timeout", "server_away")


@postgres
def test_a_server_that_died_after_sending_sends_the_same_mail_again(shop, host, monkeypatch):
    ada(shop)
    box = outbox(shop, host)
    write_all(shop, box)

    def die(*_):
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(Outbox, "_note", die)
        with pytest.raises(ZeroDivisionError):
            box.send()
    assert box.send() == (0, True)
    shop.act(lambda w: w.db.execute(update(Mail).values(next_at=w.now - timedelta(seconds=1))))
    assert box.send() == (1, True)
    first, second = (email.message_from_bytes(one)["Message-ID"] for _, _, one in host.box.mails)
    assert first == second


@postgres
def test_without_a_mail_server_events_are_passed(shop):
    ada(shop)
    silent = Outbox(shop.oms.works, shop.oms.sessions, "W", MailSettings())
    write_all(shop, silent)
    assert mails(shop) == []
    silent.start()
    silent.stop()


# --- what is written down ---


def test_every_language_has_every_word_with_the_same_fields():
    told = texts()
    assert set(told) == {"en", "nl", "de", "da"}
    fields = {
        language: {name: {f for _, f, _, _ in string.Formatter().parse(one) if f} for name, one in words.items()}
        for language, words in told.items()
    }
    assert all(one == fields["en"] for one in fields.values())


@given(
    st.sampled_from(list(MailKind)),
    st.sampled_from(["en", "nl", "de", "da"]),
    st.text(max_size=80),
    st.text(max_size=80),
)
def test_no_name_of_a_customer_gets_into_the_head_or_breaks_a_mail(kind, language, name, order):
    letter = Letter(
        kind=kind, language=language, shop=name, order=order + "\r\nBcc: x@example.com", name=name, lines=[name]
    )
    written = write(letter)
    mail = Mail(
        id="1", once="1", event_id=1, kind=kind, order_no="N1", language=language, to="ada@example.com", subject=written.subject,
        text=written.text, html=written.html, message_id="<1@example.com>", created_at=None, next_at=None,
    )  # fmt: skip
    raw = message_of(mail, TOLD, email.utils.localtime()).as_bytes()
    back = email.message_from_bytes(raw, policy=SMTP)
    assert set(back.keys()) <= {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Reply-To", "MIME-Version", "Content-Type"
    }  # fmt: skip
    assert "<script" not in write(replace(letter, name="<script>")).html


@pytest.mark.parametrize(
    "name",
    ["=?utf-8?q?Ada=0D=0ABcc:_eve@example.com?=", "=?utf-8?b?QWRhDQpCY2M6IGV2ZUBleGFtcGxlLmNvbQ==?=", "=?x?q?=0D=0A=0D=0A<b>?= ä",
     "=" + "=?utf-8?q?=0ABcc:_eve?=" * 9],
    ids=["quoted", "base64", "unknown-set", "many"],
)  # fmt: skip
def test_an_order_whose_name_is_a_line_break_in_code_stays_on_its_line(name):
    mail = Mail(
        id="1", once="1", event_id=1, kind=MailKind.SHIPPED, order_no="N1", language="en", to="ada@example.com",
        subject=f"Your order {name} is on its way", text="t", html="h", message_id="<1@example.com>", created_at=None, next_at=None,
    )  # fmt: skip
    raw = message_of(mail, replace(TOLD, shop=name), email.utils.localtime()).as_bytes()
    head, _, _ = raw.partition(b"\r\n\r\n")
    assert {line.partition(b":")[0] for line in head.split(b"\r\n") if line[:1] not in (b" ", b"\t")} == {
        b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Auto-Submitted", b"Reply-To", b"MIME-Version", b"Content-Type"
    }  # fmt: skip


@pytest.mark.parametrize(
    "to", ["", "ada", "a@example.com\r\nBcc: b@example.com", "a@example.com, b@example.com", "<a@example.com>"],
    ids=["empty", "no-at", "line-break", "two", "brackets"],
)  # fmt: skip
def test_what_is_no_address_is_no_receiver(to):
    mail = Mail(
        id="1", once="1", event_id=1, kind=MailKind.SHIPPED, order_no="N1", language="en", to=to, subject="s", text="t", html="h",
        message_id="<1@example.com>", created_at=None, next_at=None,
    )  # fmt: skip
    with pytest.raises(BadMail):
        message_of(mail, TOLD, email.utils.localtime())


def test_settings_from_outside():
    assert mail_from({}).host == ""
    told = mail_from(
        {"FLOORHAND_SMTP_HOST": "m", "FLOORHAND_MAIL_FROM": "a@example.com", "FLOORHAND_SMTP_SECURITY": "tls"}
    )
    assert (told.port, told.security) == (465, Security.TLS)
    for bad in (
        {"FLOORHAND_SMTP_HOST": "m"},
        {"FLOORHAND_SMTP_HOST": "m", "FLOORHAND_MAIL_FROM": "a"},
        {"FLOORHAND_SMTP_HOST": "m", "FLOORHAND_MAIL_FROM": "a@example.com", "FLOORHAND_SMTP_PORT": "x"},
        {"FLOORHAND_SMTP_HOST": "m", "FLOORHAND_MAIL_FROM": "a@example.com", "FLOORHAND_SMTP_SECURITY": "maybe"},
    ):
        with pytest.raises(BadMailSetting):
            mail_from(bad)
