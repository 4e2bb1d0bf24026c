"""The customer's page: what is on it, what is not, who may see it, and how it looks to a browser at the width of a phone."""

import asyncio
import re
import shutil
import subprocess
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from litestar.testing import TestClient

from oms.api.app import make_app
from oms.db.work import Actor
from oms.orders.models import Order
from oms.packing.models import Parcel
from oms.shipping import page
from oms.shipping.actions import plan_parcel
from oms.shipping.carriers import events, labels
from oms.shipping.carriers.models import TrackingLink
from oms.shipping.carriers.port import CarrierEvent
from oms.shipping.links import LENGTH, path_of
from sync.contract.codes import OrderState, ParcelState
from sync.contract.shipping import Delivery

pytestmark = pytest.mark.postgres
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
CLERK = Actor("test")


@pytest.fixture
def client(oms):
    with TestClient(make_app(oms, asyncio.Event(), ["h:1"]), raise_server_exceptions=False) as made:
        yield made


def order(oms, number="S-1", parcels=1, shipped=True, state=OrderState.SHIPPED):
    """An order on its way; (path of its page, its parcels)."""

    def do(w):
        w.db.add(
            Order(
                site_id=w.site, number=number, state=state, placed_at=w.now, ship_name="Ada Lovelace",
                ship_street="Kade 1", ship_postcode="1017 AB", ship_city="Amsterdam", ship_country="NL",
                email="ada@example.org", carrier="ACME", service="std", note="leave it at no. 3",
            )
        )  # fmt: skip
        w.db.flush()
        made = []
        for _ in range(parcels):
            parcel = plan_parcel(w, w.db.get(Order, (w.site, number)))
            w.db.flush()
            labels.want(w, parcel)
            if shipped:
                parcel.state, parcel.shipped_at = ParcelState.SHIPPED, w.now
            made.append((parcel.id, parcel.tracking))
        return path_of(w, number), made

    return oms.works.run(oms.site, CLERK, do)


def tell(oms, tracking, *states, place="Utrecht"):
    """The carrier says so, one hour apart, the last one now."""
    now = datetime.now(UTC) - timedelta(minutes=1)
    said = [
        CarrierEvent(f"{tracking}-{n}", tracking, state, now - timedelta(hours=len(states) - n - 1), place)
        for n, state in enumerate(states)
    ]
    return oms.works.run(oms.site, CLERK, lambda w: events.take(w, "ACME", said))


def test_the_page_says_how_far_the_parcel_is_and_nothing_of_the_person(oms, client):
    path, [(_, tracking)] = order(oms)
    tell(oms, tracking, Delivery.IN_TRANSIT, Delivery.OUT_FOR_DELIVERY)
    answer = client.get(path)
    assert answer.status_code == 200
    assert "Out for delivery today" in answer.text
    assert tracking in answer.text
    for secret in ("Ada", "Lovelace", "Kade", "1017", "Amsterdam", "example.org", "no. 3"):
        assert secret not in answer.text


def test_the_page_loads_nothing_and_is_kept_by_nobody(oms, client):
    path, _ = order(oms)
    for url in (path, "/t/" + "0" * LENGTH):
        answer = client.get(url)
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "unsafe" not in policy
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "noindex" in answer.headers["x-robots-tag"]
        assert not re.search(r"<script|https?:|src=|@import|url\(", answer.text)


def test_a_link_cannot_be_guessed_and_ends(oms, client):
    path, _ = order(oms)
    token = path.removeprefix("/t/")
    assert len(token) == LENGTH
    assert len({order(oms, f"S-{n}")[0] for n in range(2, 20)}) == 18
    for wrong in (
        token[:-1] + ("a" if token[-1] != "a" else "b"),
        token[:-1],
        token.swapcase(),
        "%00" * 32,
        "x" * 3000,
    ):
        assert client.get(f"/t/{wrong}").status_code == 404

    def end(w):
        w.db.get(TrackingLink, token).ends_at = w.now - timedelta(seconds=1)

    oms.works.run(oms.site, CLERK, end)
    gone = client.get(path)
    assert gone.status_code == 404
    assert "S-1" not in gone.text
    assert oms.works.run(oms.site, CLERK, lambda w: path_of(w, "S-1")) == path
    assert client.get(path).status_code == 200


def test_the_page_speaks_four_languages(oms, client):
    path, [(_, tracking)] = order(oms)
    tell(oms, tracking, Delivery.DELIVERED)
    said = {"en": "Delivered", "nl": "Bezorgd", "de": "Zugestellt", "da": "Leveret"}
    for code, word in said.items():
        by_browser = client.get(path, headers={"Accept-Language": f"xx, {code}-XX;q=0.9, en;q=0.1"})
        by_hand = client.get(f"{path}?lang={code}", headers={"Accept-Language": "fr"})
        for answer in (by_browser, by_hand):
            assert f'<html lang="{code}">' in answer.text
            assert f">{word}</h2>" in answer.text


@pytest.mark.parametrize(
    ("chosen", "accepted", "then"),
    [
        ("", "", "en"),
        ("", "de-AT,de;q=0.9,en;q=0.8", "de"),
        ("", "fr-FR, da;q=0.5, nl;q=0.7", "nl"),
        ("da", "nl", "da"),
        ("xx", "nl", "nl"),
        ("", "de;q=0, en;q=0.1", "en"),
        ("", "de;q=nan, nl;q=1e9, da;q=²", "en"),
        ("", ",;q=,,;;" * 4000, "en"),
    ],
)
def test_the_language_is_the_one_asked_for(chosen, accepted, then):
    assert page.language_of(chosen, accepted) == then


def test_every_language_has_every_word():
    texts = page._page().texts
    assert set(texts) == set(page.LANGUAGES)
    for code in page.LANGUAGES:
        assert set(texts[code]) == set(texts["en"]), code
        for word, text in texts["en"].items():
            if isinstance(text, str):
                assert re.findall(r"\{(\w+)", texts[code][word]) == re.findall(r"\{(\w+)", text) or word in (
                    "date",
                    "time",
                )
        assert len(texts[code]["months"]) == 12
        assert all(state in texts[code] for state in Delivery)


def test_several_parcels_and_an_order_that_was_cancelled(oms, client):
    path, parcels = order(oms, parcels=2)
    tell(oms, parcels[0][1], Delivery.DELIVERED)
    text = client.get(path).text
    assert "Parcel 1 of 2" in text
    assert "Parcel 2 of 2" in text
    assert "Delivered" in text
    assert "Handed over to the carrier" in text
    gone, _ = order(oms, "S-9", shipped=False, state=OrderState.CANCELLED)
    text = client.get(gone).text
    assert "This order was cancelled" in text
    assert "Tracking number" not in text


def test_what_carriers_say_is_only_ever_text(oms, client):
    path, [(_, tracking)] = order(oms)
    tell(oms, tracking, Delivery.IN_TRANSIT, place='<script>alert("x")</script>')
    text = client.get(path).text
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_events_overtake_each_other_and_what_has_arrived_has_arrived(oms):
    _, [(parcel, tracking)] = order(oms)
    now = datetime.now(UTC) - timedelta(minutes=5)

    def take(id, state, minutes):
        said = CarrierEvent(id, tracking, state, now + timedelta(minutes=minutes))
        return oms.works.run(oms.site, CLERK, lambda w: events.take(w, "ACME", [said]))

    def state():
        with oms.sessions() as db:
            [row] = events.deliveries(db, oms.site, "S-1")
        assert row.parcel == parcel
        return row.state

    assert take("1", Delivery.OUT_FOR_DELIVERY, 0).taken == 1
    assert take("2", Delivery.IN_TRANSIT, -60).taken == 1
    assert state() is Delivery.OUT_FOR_DELIVERY
    assert take("1", Delivery.DELIVERED, 1).known == 1
    assert take("3", Delivery.DELIVERED, -1).taken == 1
    assert take("4", Delivery.IN_TRANSIT, 2).taken == 1
    assert state() is Delivery.DELIVERED
    assert take("5", Delivery.RETURNED, 60 * 24 * 40).strange == 1
    assert state() is Delivery.DELIVERED


def test_nobody_asks_for_pages_without_end(oms, client):
    path, _ = order(oms)
    answers = [
        client.get(path if n % 2 else "/t/" + "0" * LENGTH, headers={"Authorization": f"Bearer {n}"}) for n in range(80)
    ]
    assert [a.status_code for a in answers[:60]] == [404, 200] * 30
    last = answers[-1]
    assert last.status_code == 429
    assert last.headers["content-type"].startswith("text/html")
    assert int(last.headers["retry-after"]) >= 1


# --- in a browser ---


class _Text(HTMLParser):
    """What a person reads."""

    def __init__(self):
        super().__init__()
        self.said, self._hidden = [], 0

    def handle_starttag(self, tag, attrs):
        self._hidden += tag in ("style", "title")

    def handle_endtag(self, tag):
        self._hidden -= tag in ("style", "title")

    def handle_data(self, data):
        if not self._hidden and data.strip():
            self.said.append(data.strip())


@contextmanager
def frame_around(html, headers, width):
    """Serves a page, with the headers of the real one, in a frame as wide as a phone (a headless window cannot be that narrow), and beside
    it a script that measures it. The page's own policy forbids frames; that one rule is left out."""
    policy = headers["Content-Security-Policy"].replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    outer = f"""<!doctype html><body style="margin:0"><iframe id=f src="/page" style="border:0;width:{width}px;height:1600px"></iframe>
    <p id=told></p><script>f.onload = () => {{ const d = f.contentDocument.documentElement;
    const small = [...d.querySelectorAll('nav a')].filter(a => a.getBoundingClientRect().height < 48).length;
    told.textContent = `width ${{d.scrollWidth}} small ${{small}} colour ` +
      f.contentWindow.getComputedStyle(d.querySelector('h1')).fontSize; }}</script>"""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            inner = self.path.startswith("/page")
            body = (html if inner else outer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            for name, value in (headers if inner else {}).items():
                if name != "X-Frame-Options":
                    self.send_header(name, policy if name == "Content-Security-Policy" else value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()
            thread.join()


def browse(folder, url, *more):
    """Standard output of a headless Chromium that opened `url`."""
    quiet = ("--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update")
    command = [
        CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", *quiet, "--disable-sync", "--virtual-time-budget=2000",
        f"--user-data-dir={folder}", *more, url,
    ]  # fmt: skip
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
@pytest.mark.parametrize("language", ["en", "de"])
def test_a_browser_shows_it_on_a_phone(oms, client, tmp_path, language):
    path, parcels = order(oms, "S-2026-000017-VERY-LONG-ORDER-NUMBER", parcels=2)
    tell(
        oms,
        parcels[0][1],
        Delivery.IN_TRANSIT,
        Delivery.OUT_FOR_DELIVERY,
        place="Sint-Michielsgestel-Gemonde Distributiecentrum Noord",
    )
    tell(oms, parcels[1][1], Delivery.IN_TRANSIT, Delivery.ATTEMPT_FAILED)
    answer = client.get(path, headers={"Accept-Language": language})
    with frame_around(answer.text, page.headers(), 360) as url:
        dom = browse(tmp_path / "profile", url, "--window-size=500,1700", "--dump-dom")
    told = re.search(r"width (\d+) small (\d+) colour (\S+?)<", dom)
    assert told, dom[-2000:]
    assert int(told[1]) <= 360, "nothing is wider than the phone"
    assert told[2] == "0", "languages are big enough for a thumb"
    assert told[3] == "22.4px", "the style is let through by the page's own policy"
    reader = _Text()
    reader.feed(answer.text)
    assert page._page().texts[language]["out_for_delivery"] in reader.said


def test_a_void_parcel_is_not_shown(oms, client):
    path, [(one, _), (_, two)] = order(oms, parcels=2, shipped=False, state=OrderState.PACKING)

    def void(w):
        w.db.get(Parcel, one).state = ParcelState.VOID
        w.touch("parcel", one)

    oms.works.run(oms.site, CLERK, void)
    text = client.get(path).text
    assert "We are packing your parcel" in text
    assert "Parcel 1" not in text
    assert two not in text
