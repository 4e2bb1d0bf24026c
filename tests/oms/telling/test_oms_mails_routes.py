"""Mails over HTTP and by the command line: previews, own words, the dead sent again, the staff, notifications, and a way out."""

import asyncio
import json
import mailbox
import signal
import time

import pytest
from litestar.testing import TestClient
from sqlalchemy import select, update

from oms.api.app import make_app
from oms.channels.sealing import Sealer
from oms.db.work import Actor
from oms.notify import stops
from oms.notify.codes import MailKind, MailState
from oms.notify.models import Mail, MailStop, MailText
from oms.notify.settings import MailSettings, Security
from oms.people.keys import Scope, add_key, new_key
from oms.sales.codes import EventKind
from oms.sales.events import note
from oms.telling import Telling
from tests.oms.telling.mailserver import MailHost
from tests.oms.telling.test_oms_mails_kept import SEALER, bounce, order, outbox, told, write_all
from tests.oms.test_oms_cli_process import Server, data, run  # noqa: F401 - a fixture

pytestmark = pytest.mark.postgres


@pytest.fixture
def host():
    made = MailHost().start()
    yield made
    made.stop()


@pytest.fixture
def web(shop):
    key = new_key()
    shop.oms.works.run("MAIN", Actor("test"), lambda w: add_key(w, key, "k", [Scope.MAILS_WRITE]))
    told = Telling(
        mail=MailSettings(
            host="127.0.0.1", port=1, security=Security.NONE, sender="shop@example.com", shop="Tea & Co", every_s=3600.0
        )
    )
    app = make_app(shop.oms, asyncio.Event(), ["h:1"], telling=told, sealer=SEALER)
    with TestClient(app, raise_server_exceptions=False) as client:
        client.headers["Authorization"] = f"Bearer {key}"
        yield client


def written(shop, host):
    """An outbox, once there is a mail in it: the server follows events too, and only one of the two gets to them."""
    box = outbox(shop, host)
    end = time.monotonic() + 10
    while not shop.ask(select(Mail)):
        assert time.monotonic() < end
        write_all(shop, box)
    return box


@pytest.mark.parametrize("language", ["en", "nl", "de", "da"])
def test_every_mail_can_be_seen_before(web, language):
    for kind in MailKind:
        seen = web.post("/v1/mails/preview", json={"kind": kind, "language": language, "channel": "web"})
        assert seen.status_code == 200, seen.text
        said = seen.json()
        assert said["subject"]
        assert "{" not in said["text"] + said["subject"]
        assert "<html" in said["html"]
        assert ("shop.example.com" in said["text"]) is (
            kind
            in {
                MailKind.SUBSTITUTE, MailKind.SHIPPED, MailKind.DELIVERED, MailKind.FOLLOW_UP, MailKind.RETURN_APPROVED,
                MailKind.RETURN_LABEL,
            }
        )  # fmt: skip


def test_a_mail_as_an_order_would_get_it_and_nothing_is_kept(web, shop):
    order(shop, language="nl")
    shop.act(lambda w: note(w, "N1", EventKind.SHIPPED, site="W", part="N1"))
    ask = {"kind": "shipped", "order": "N1"}
    assert web.post("/v1/mails/preview", json=ask).json()["subject"] == "Je bestelling N1 is onderweg"
    assert (
        web.post("/v1/mails/preview", json={**ask, "language": "de"}).json()["subject"]
        == "Ihre Bestellung N1 ist unterwegs"
    )
    assert shop.order_of("N1").language == "nl"
    # The server's own outbox may have written its mails meanwhile: one each, in the customer's language.
    written = shop.ask(select(Mail))
    assert {mail.kind for mail in written} <= {MailKind.CONFIRMED, MailKind.SHIPPED}
    assert len({mail.kind for mail in written}) == len(written)
    assert all("je bestelling" in mail.subject.lower() for mail in written)
    for body, status in (
        ({"kind": "shipped", "order": "N9"}, 404), ({"kind": "refunded", "order": "N1"}, 409), ({"kind": "odd"}, 400),
        ({"kind": "shipped", "language": "fr"}, 400), ({"kind": "shipped", "order": "\0"}, 404),
    ):  # fmt: skip
        assert web.post("/v1/mails/preview", json=body).status_code == status, body


def test_the_shops_own_words_by_channel_and_language(web, shop):
    words = {"sentence": "shipped_subject", "language": "en"}
    assert web.post("/v1/mails/texts", json={**words, "text": "Off it goes: {order}"}).status_code == 204
    assert web.post("/v1/mails/texts", json={**words, "text": "Whoosh {order}", "channel": "web"}).status_code == 204

    def subject(channel, language="en"):
        return web.post("/v1/mails/preview", json={"kind": "shipped", "language": language, "channel": channel}).json()[
            "subject"
        ]

    assert (subject("web"), subject("phone")) == ("Whoosh 1001", "Off it goes: 1001")
    assert "onderweg" in subject("web", "nl")
    assert len(web.get("/v1/mails/texts").json()) == 2
    for bad in (
        "{order.__class__}",
        "{order!r}",
        "{order:>9}",
        "{0}",
        "{name}",
        "{",
        "a\nb",
        " ",
        "x" * 600,
        "{}",
        "\u2028",
    ):
        assert web.post("/v1/mails/texts", json={**words, "text": bad}).status_code == 400, bad
    assert web.post("/v1/mails/texts", json={**words, "sentence": "odd", "text": "x"}).status_code == 400
    assert web.post("/v1/mails/texts", json={**words, "language": "fr", "text": "x"}).status_code == 400
    web.post("/v1/mails/texts", json={**words, "text": "", "channel": "web"})
    assert subject("web") == "Off it goes: 1001"
    assert len(shop.ask(select(MailText))) == 1


def test_what_was_given_up_is_found_and_sent_again_elsewhere(web, shop, host):
    order(shop)
    box = written(shop, host)
    host.box.says = ["550 5.1.1 nobody"]
    box.send()
    [mail] = web.get("/v1/mails", params={"state": "dead"}).json()
    assert (mail["problem"], mail["to"], mail["order"]) == ("bounced_5.1.1", "ada@example.com", "N1")
    assert web.get("/v1/mails", params={"before": mail["created_at"]}).json() == []
    assert web.get("/v1/mails", params={"before": "2026-01-01T00:00:00"}).status_code == 400
    assert web.post(f"/v1/mails/{mail['id']}/again", json={"to": "a@b\r\nBcc: c@d.example"}).status_code == 400
    assert web.post("/v1/mails/nobody/again", json={}).status_code == 404
    assert web.post(f"/v1/mails/{mail['id']}/again", json={"to": "ada@example.org"}).status_code == 204
    assert web.post(f"/v1/mails/{mail['id']}/again", json={}).status_code == 409
    box.send()
    assert [(one["To"], one["Message-ID"]) for one in told(host)] == [("ada@example.org", mail["message_id"])]
    shop.act(lambda w: w.db.execute(update(Mail).values(state=MailState.DEAD, subject="")))
    assert web.post(f"/v1/mails/{mail['id']}/again", json={}).status_code == 409


def test_a_notification_comes_in_and_its_address_is_allowed_again(web, shop, host):
    order(shop)
    box = written(shop, host)
    box.send()
    [mail] = shop.ask(select(Mail))
    for raw, known in ((bounce(mail.message_id), 1), (b"\0\xff" * 100, 0), (b"", 0)):
        said = web.post("/v1/mails/bounces", content=raw, headers={"content-type": "message/rfc822"})
        assert (said.status_code, said.json()["known"]) == (200, known), said.text
    assert (
        web.post(
            "/v1/mails/bounces", content=b"x" * (1024 * 1024 + 1), headers={"content-type": "message/rfc822"}
        ).status_code
        == 413
    )
    assert web.post("/v1/mails/allow", json={"address": "ada@example.com"}).status_code == 204
    assert web.post("/v1/mails/allow", json={"address": "ada@example.com"}).status_code == 404


def test_the_staff(web):
    body = {"address": "floor@example.com", "kinds": ["late_wave"], "language": "nl", "quiet": "21:00-06:00"}
    id = web.post("/v1/mails/staff", json=body).json()["id"]
    assert web.post("/v1/mails/staff", json={**body, "kinds": ["low_stock"]}).json()["id"] == id
    [one] = web.get("/v1/mails/staff").json()
    assert (one["kinds"], one["quiet"], one["site"]) == (["low_stock"], "21:00-06:00", "MAIN")
    assert web.post("/v1/mails/staff", json={**body, "kinds": ["shipped"]}).status_code == 400
    assert web.post(f"/v1/mails/staff/{id}/remove").status_code == 204
    assert web.post(f"/v1/mails/staff/{id}/remove").status_code == 404


@pytest.mark.parametrize("language", ["en", "nl", "de", "da"])
def test_only_the_button_says_no_more(web, shop, language):
    token = stops.token_for("ada@example.com", SEALER)
    page = web.get(f"/m/{token}", params={"lang": language}, headers={"Authorization": ""})
    assert (page.status_code, '<form method="post">' in page.text) == (200, True)
    assert "form-action 'self'" in page.headers["content-security-policy"]
    assert shop.ask(select(MailStop)) == []
    for _ in range(2):
        # What mail programs send by RFC 8058.
        form = {"content-type": "application/x-www-form-urlencoded"}
        done = web.post(f"/m/{token}", content="List-Unsubscribe=One-Click", headers=form)
        assert done.status_code == 200
    assert [(one.digest, one.why) for one in shop.ask(select(MailStop))] == [
        (stops.digest_of("ada@example.com"), "unsubscribed")
    ]
    for wrong in ("x", token[:-4] + "AAAA", stops.token_for("ada@example.com", Sealer(b"x" * 32))):
        assert web.get(f"/m/{wrong}").status_code == web.post(f"/m/{wrong}").status_code == 404


@pytest.mark.slow
def test_the_command_line(data, tmp_path):  # noqa: F811
    server = Server(data)
    try:

        def said(*words, status=0):
            done = run("mails", *words, "--data", data)
            assert done.returncode == status, done.stderr + done.stdout
            return done.stdout.strip()

        assert "is on its way" in said("preview", "shipped", "--language", "en")
        said("text", "shipped_subject", "Off: {order}")
        assert said("preview", "shipped").startswith("Off: 1001")
        assert "Off: {order}" in said("text")
        id = said("staff", "floor@example.com", "low_stock", "--quiet", "21:00-06:00")
        assert id in said("staff")
        said("staff", "--remove", id)
        assert said("list") == "none"
        assert json.loads(said("list", "--json")) == []
        said("again", "nobody", status=1)
        box = mailbox.mbox(tmp_path / "box")
        for _ in range(2):
            box.add(bounce("<a@example.com>"))
        box.close()
        assert said("bounces", tmp_path / "box") == "2 read, 0 about mails of ours, 0 that will never get there"
        said("bounces", tmp_path / "nothing", status=1)
        said("allow", "ada@example.com", status=1)
    finally:
        server.end(signal.SIGTERM)
        server.close()
