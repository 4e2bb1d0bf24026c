"""The customer's page to send something back: read and filled in as a browser does it, its paper read as the handheld reads it."""

import io
import re
from urllib.parse import urlsplit

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import select, update

from oms.notify import previewing
from oms.notify.codes import MailKind
from oms.notify.settings import MailSettings
from oms.returns.models import CustomerReturn, ReturnLink, ReturnPhoto
from oms.sales.codes import EventKind
from oms.sales.events import note
from sync.contract.returns import read_return

pytestmark = pytest.mark.postgres
LANGUAGES = ("en", "nl", "de", "da")


def picture():
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(out, "JPEG")
    return out.getvalue()


def codes(body):
    document = pypdfium2.PdfDocument(body)
    found = {code.text for page in document for code in zxingcpp.read_barcodes(page.render(scale=203 / 72).to_pil())}
    document.close()
    return found


@pytest.fixture
def page(counter):
    """The address of the page of order N1: three teas that left."""
    counter.sold("N1", ("TEA", 3, "10.00"), reference="#1001", ship_name="Søren")
    token = counter.post("customer-orders/N1/return-link")["token"]
    counter.program = counter.web.headers
    counter.web.headers = {}
    return f"/r/{token}"


def test_a_customer_asks_on_the_page_and_prints_the_paper(shop, counter, page):
    counter.web.headers = counter.program
    counter.rule(photo_reasons=["damaged"], approve_up_to="100", fee="4.95", customer_pays=["changed_mind"])
    counter.web.headers = {}
    for language in LANGUAGES:
        shown = counter.web.get(page, params={"lang": language})
        assert (shown.status_code, f'<html lang="{language}">' in shown.text) == (200, True)
        assert "form-action 'self'" in shown.headers["content-security-policy"]
        assert "Søren" not in shown.text
    form = {"qty-1": "2", "reason-1": "changed_mind", "note-1": "<b>sorry</b>"}
    done = counter.web.post(page, params={"lang": "de"}, data=form, follow_redirects=True)
    assert (done.status_code, [one.status_code for one in done.history]) == (200, [303])
    [back] = shop.ask(select(CustomerReturn))
    assert (back.number, str(back.state), str(back.came_by)) == ("RMA-000001", "approved", "link")
    # It is worth little: they may send it, and the sheet for the parcel has what the handheld scans.
    link = re.search(r'href="([^"]+/paper[^"]*)"', done.text).group(1)
    for language in LANGUAGES:
        paper = counter.web.get(urlsplit(link).path, params={"lang": language})
        assert paper.headers["content-type"] == "application/pdf"
        [code] = codes(paper.content)
        assert read_return(code) == back.number
    assert counter.web.get(f"{page}/RMA-000002/paper").status_code == 404
    counter.web.headers = counter.program
    assert codes(counter.web.get(f"/v1/documents/return-paper/{back.number}?size=A6").content) == {f"FHR:{back.number}"}
    assert counter.web.get("/v1/documents/return-paper/RMA-000009").status_code == 404
    came = counter.good("returns/came", found=code, lines=[{"sku": "TEA", "qty": 2, "grade": "a"}], done=True)
    assert (came["head"]["number"], came["head"]["state"]) == (back.number, "graded")


def test_a_picture_is_sent_by_the_page(shop, counter, page):
    counter.web.headers = counter.program
    counter.rule(photo_reasons=["damaged"], approve_up_to="100")
    counter.web.headers = {}
    shown = counter.web.post(page, data={"qty-1": "1", "reason-1": "damaged"}, follow_redirects=True)
    where = re.search(r'action="([^"]+/photo[^"]*)"', shown.text).group(1)
    bad = counter.web.post(where, data={"line": "1"}, files={"photo": ("x.jpg", b"no picture", "image/jpeg")})
    assert (bad.status_code, "no picture we can read" in bad.text) == (200, True)
    kept = counter.web.post(
        where, data={"line": "1"}, files={"photo": ("x.jpg", picture(), "image/jpeg")}, follow_redirects=True
    )
    assert (kept.status_code, "/photo" in kept.text, "/paper" in kept.text) == (200, False, True)
    assert len(shop.ask(select(ReturnPhoto.sha256))) == 1


NONSENSE = (
    {}, {"qty-1": "0"}, {"qty-1": "9"}, {"qty-1": "-1"}, {"qty-1": "1e9"}, {"qty-9": "1"}, {"qty-": "1"}, {"qty-1": "\u0662"},
    {f"qty-{n}": "1" for n in range(700)}, {"qty-1": "9" * 4000},
)  # fmt: skip


def test_nonsense_in_the_form_asks_for_nothing(shop, counter, page):
    for form in NONSENSE:
        said = counter.web.post(page, data=form)
        assert (said.status_code, 'role="alert"' in said.text) == (200, True), form
    assert shop.ask(select(CustomerReturn.number)) == []


def test_nobody_else_opens_it_and_hostile_bodies_are_answered(shop, counter, page):
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert counter.web.post(page, content=b"\xff\xfe&qty-1=%ff", headers=form).status_code == 200
    assert counter.web.post(page, content=b"x" * 300_000, headers=form).status_code == 413
    odd = {"Content-Type": "multipart/form-data; boundary=x"}
    assert counter.web.post(f"{page}/RMA-000001/photo", content=b"--x\r\nno", headers=odd).status_code in (
        200,
        400,
        404,
    )
    for wrong in ("/r/x", "/r/" + "0" * 32, page[:-1] + "-"):
        assert counter.web.get(wrong).status_code == counter.web.post(wrong, data={"qty-1": "1"}).status_code == 404
        assert counter.web.get(f"{wrong}/RMA-000001/paper").status_code == 404
    shop.act(lambda w: w.db.execute(update(ReturnLink).values(ends_at=w.now)))
    assert counter.web.get(page).status_code == 404


def test_mails_have_the_way_back(shop, counter, page):
    """The page in the mail that says it has left or come; the sheet in the one that says they may."""
    settings = MailSettings(host="h", sender="a@b.example", public_url="https://oms.example")
    counter.web.headers = counter.program
    number = counter.ask("N1")["head"]["number"]
    counter.good(f"returns/{number}/decide", say="approve")
    shop.act(lambda w: note(w, "N1", EventKind.DELIVERED))
    for kind in (MailKind.SHIPPED, MailKind.DELIVERED, MailKind.RETURN_APPROVED):
        made = shop.act(lambda w, kind=kind: previewing.of_order(w, kind, "N1", "da", settings))
        path = f"/{number}/paper?lang=da" if kind is MailKind.RETURN_APPROVED else ""
        assert f"https://oms.example{page}{path}" in made.text
        assert f'href="https://oms.example{page}{path}"' in made.html
