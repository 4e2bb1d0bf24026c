"""Buying over the API and the command line of one real server; papers as a supplier reads them, and mails as it gets them."""

import asyncio
import json
from decimal import Decimal
from email import message_from_bytes
from email.policy import SMTP

import pypdfium2
import pytest
from litestar.testing import TestClient
from sqlalchemy import select, update

from oms.api.app import make_app
from oms.channels.adapters import edifact
from oms.cli.purchasing import main
from oms.db.work import Actor
from oms.notify.settings import MailSettings, Security
from oms.people.keys import Scope, add_key, new_key
from oms.purchasing.models import PurchaseMail
from oms.purchasing.sending import OrderPost
from tests.oms.sourcing.test_oms_sourcing_server import House
from tests.oms.telling.mailserver import MailHost

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


@pytest.fixture
def house(database_url):
    made = House(database_url)
    yield made
    made.close()


def test_a_buyer_at_the_command_line(house, tmp_path, capsys):
    house.build("MAIN")
    folder = ["--data", house.folder.name]

    def keep(kind, rows):
        (tmp_path / kind).write_text(json.dumps(rows))
        assert main([kind, str(tmp_path / kind), *folder]) == 0

    keep("suppliers", [{"code": "CUPCO", "name": "Cup & Co", "email": "orders@cup.example", "lead_days": "3"}])
    keep("items", [{"supplier": "CUPCO", "sku": "CUP", "pack": 6, "prices": [{"units": 1, "price": "2.40"}]}])
    keep("levels", [{"sku": "CUP", "reorder_point": 1000, "upto": 2000}])
    assert main(["run", "--json", *folder]) == 0
    [number] = json.loads(capsys.readouterr().out.splitlines()[-1])["orders"]
    assert main(["run", *folder]) == 0
    assert "nothing lacks" in capsys.readouterr().out
    assert main(["send", number, *folder]) == 0
    assert main(["confirm", number, "--reference", "A-77", "--line", "1:1200", *folder]) == 0
    assert main(["show", number, "--json", *folder]) == 0
    row = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (row["state"], row["reference"], row["lines"][0]["open"]) == ("confirmed", "A-77", 1200)
    paper = tmp_path / "order.pdf"
    assert main(["show", number, "--file", "pdf", "--to", str(paper), *folder]) == 0
    assert paper.read_bytes().startswith(b"%PDF-")
    assert main(["suggest", *folder]) == 0
    assert "CUP: ordered at 1000, up to 2000" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["receive", number, "--id", "DN-1", "--line", "CUP:5:NOWHERE", *folder])
    assert "unknown_bin" in capsys.readouterr().err
    assert main(["call-off", number, *folder]) == 0
    assert main(["list", "--state", "cancelled", *folder]) == 0
    assert number in capsys.readouterr().out


REFUSED = [
    ("suppliers/keep", {"suppliers": [{"code": "x", "name": "A"}]}, "bad_supplier"),
    ("suppliers/keep", {"suppliers": [{"code": "A", "name": "A", "email": "a@b\nBcc: c@d"}]}, "bad_supplier"),
    ("suppliers/keep", {"suppliers": [{"code": "A", "name": "A", "lead_days": "NaN"}]}, "bad_supplier"),
    ("suppliers/keep", {"suppliers": [{"code": "A", "name": "A\0"}]}, "bad_supplier"),
    ("items/keep", {"items": [{"supplier": "NO", "sku": "CUP"}]}, "unknown_supplier"),
    ("items/keep", {"items": [{"supplier": "TEACO", "sku": "NO\0"}]}, "unknown_item"),
    ("items/keep", {"items": [{"supplier": "TEACO", "sku": "CUP", "pack": 0}]}, "bad_purchase_terms"),
    (
        "items/keep",
        {"items": [{"supplier": "TEACO", "sku": "CUP", "prices": [{"units": 1, "price": "-1"}]}]},
        "bad_purchase_terms",
    ),
    (
        "items/keep",
        {"items": [{"supplier": "TEACO", "sku": "CUP", "prices": [{"units": 9, "price": "Infinity"}]}]},
        "bad_purchase_terms",
    ),
    ("levels/keep", {"levels": [{"sku": "CUP", "reorder_point": 9, "upto": 3}]}, "bad_stock_rule"),
    ("levels/keep", {"levels": [{"sku": "CUP"}]}, "not_foreseen"),
    ("setting/keep", {"setting": {"currency": "???"}}, "bad_purchase_terms"),
    ("orders/make", {"supplier": "TEACO", "lines": []}, "nothing_to_do"),
    ("orders/make", {"supplier": "TEACO", "lines": [{"sku": "CUP", "qty": 0}]}, "bad_units"),
    ("orders/make", {"supplier": "TEACO", "lines": [{"sku": "NO", "qty": 1}]}, "unknown_item"),
    ("orders/make", {"supplier": "TEACO\0", "lines": [{"sku": "CU\0P", "qty": 1}]}, "not_text"),
    ("orders/%00/act", {"act": "send"}, "unknown_purchase"),
    ("orders/NO/act", {"act": "approve"}, "unknown_purchase"),
    ("receive", {"id": "", "lines": [{"sku": "CUP", "qty": 1, "bin": "DOCK"}]}, "nothing_to_do"),
    ("receive", {"id": "D", "lines": [{"sku": "CUP", "qty": -1, "bin": "DOCK"}]}, "bad_units"),
    ("receive", {"id": "D", "lines": [{"sku": "CUP", "qty": 1, "bin": "\0"}]}, "not_text"),
]


def test_what_cannot_be_is_answered_in_order(buyer):
    key = new_key()
    buyer.oms.works.run("W", Actor("test"), lambda w: add_key(w, key, "buyer", [Scope.PURCHASING_WRITE]))
    headers = {"Authorization": f"Bearer {key}"}
    with TestClient(make_app(buyer.oms, asyncio.Event(), ["h:1"])) as client:

        def ask(path, body):
            return client.post(f"/v1/purchasing/{path}", json=body, headers=headers)

        assert [(path, body, ask(path, body).json().get("reason")) for path, body, _ in REFUSED] == REFUSED
        number = ask("orders/make", {"supplier": "TEACO", "lines": [{"sku": "CUP", "qty": 5}]}).json()["numbers"][0]
        assert ask(f"orders/{number}/act", {"act": "send"}).json()["reason"] is None
        far = {"act": "confirm", "lines": [{"line": 1, "day": "9999-12-31"}]}
        assert ask(f"orders/{number}/act", far).json()["reason"] == "bad_day"
        assert (
            ask(f"orders/{number}/act", {"act": "confirm", "lines": [{"line": 7}]}).json()["reason"]
            == "unknown_purchase_line"
        )
        came = {"id": "DN-1", "order": number, "lines": [{"sku": "CUP", "qty": 5, "bin": "DOCK"}], "over": True}
        assert [ask("receive", came).json()["reason"] for _ in range(2)] == [None, None]
        [row] = ask("orders", {}).json()["orders"]
        assert (row["state"], row["lines"][0]["received"]) == ("received", 5)
        assert client.get(f"/v1/purchasing/orders/{number}/files/exe", headers=headers).status_code == 404


def test_a_supplier_gets_the_order_once_with_its_papers(buyer):
    host = MailHost().start()
    try:
        buyer.supplier("TEACO", send_by="edifact", language="de", gln="4012345000009", contact="Frau Müller")
        number = buyer.sent(("TEA", 48), ("CUP", 3))
        told = MailSettings(
            host="127.0.0.1", port=host.port, security=Security.NONE, sender="buy@example.com", shop="Shop", waits=(60,)
        )
        post = OrderPost(buyer.oms.works, buyer.oms.sessions, "W", told)
        host.box.says = ["450 later"]
        assert (post.send(), host.box.mails) == (1, [])
        assert post.send() == 0
        buyer.act(lambda w: w.db.execute(update(PurchaseMail).values(next_at=w.now)))
        assert (post.send(), post.send()) == (1, 0)
    finally:
        host.stop()
    [(sender, receivers, content)] = host.box.mails
    assert (sender, receivers) == ("buy@example.com", ["orders@teaco.example"])
    mail = message_from_bytes(content, policy=SMTP)
    assert mail["Subject"] == f"Bestellung {number}"
    assert "Frau Müller" in mail.get_body().get_content()
    files = {part.get_filename(): part.get_payload(decode=True) for part in mail.iter_attachments()}
    assert set(files) == {f"{number}.pdf", f"{number}.csv", f"{number}.edi"}
    assert files[f"{number}.csv"].decode("utf-8-sig").splitlines()[1].startswith(f"{number},1,,TEA,Tea,48,1.50,EUR,")
    pages = pypdfium2.PdfDocument(files[f"{number}.pdf"])
    text = pages[0].get_textpage().get_text_range()
    pages.close()
    assert "Einkaufsbestellung" in text
    assert "TEACO Ltd" in text
    # What we write is read as others read orders.
    read = edifact.read(files[f"{number}.edi"], "shop")
    assert read.bad == []
    [draft] = read.drafts
    assert (draft.reference, draft.currency) == (number, "EUR")
    assert [(line.qty, line.price) for line in draft.lines] == [(48, Decimal("1.50")), (3, Decimal("4.00"))]
    [row] = buyer.ask(select(PurchaseMail))
    assert (row.state, row.attempts) == ("sent", 2)
