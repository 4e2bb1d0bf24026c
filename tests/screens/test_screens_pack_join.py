"""Another order in the parcel, and photos: what the pack presenter offers and asks. No Qt but for the file that is dropped."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, QUrl

from app.core.facts import PhotoOf
from app.core.messages import Code, say
from app.core.views import PackStep
from app.screens.pack.picker import dropped
from app.screens.pack.presenter import PHOTO_REASONS
from tests.screens.pack_bench import intents, opened, stands
from tools.shots_pack import ALONG, BENCH, PACK, SHARED, STICK, WHY_ASIDE


@pytest.fixture
def pack(around, service):
    return opened(around, service, ALONG)


def test_what_may_go_along_is_offered_and_what_goes_can_be_taken_apart(pack, around, service):
    assert {"join", "part"} & set(intents(around)) == {"join"}
    pack.on_intent("join")
    around.run()
    assert service.calls == [("join",)]
    stands(pack, around, service, SHARED)
    assert {"join", "part"} & set(intents(around)) == {"part"}
    assert around.state.frame.title.words == {"no": "50231 + 50234"}
    pack.on_intent("part")
    around.run()
    assert service.calls == [("part",)]
    stands(pack, around, service, replace(STICK, orders=("1", "2"), offers=ALONG.offers))
    assert not {"join", "part"} & set(intents(around))


def test_while_a_tote_is_asked_for_there_is_only_the_way_back(pack, around, service):
    stands(pack, around, service, replace(ALONG, joining=True, prompt=say(Code.SCAN_JOIN_TOTE)))
    assert intents(around) == ["cancel"]
    pack.on_intent("cancel")
    around.run()
    assert service.calls == [("acknowledge",)]


def test_a_refusal_for_an_order_that_was_called_off_leads_out(pack, around, service):
    service.now(SHARED, say(Code.JOIN_GONE, order="50234", tote="T"))
    pack.on_intent("missing")
    around.run()
    assert [act.intent for act in around.state.frame.refusal.exits] == ["part"]


def test_a_photo_is_asked_about_and_taken(pack, around, service):
    pack.on_intent("photo")
    around.run()
    assert (around.state.page, around.state.choices) == ("reasons", PHOTO_REASONS)
    pack.on_intent("photo:damage")
    around.run()
    assert service.calls == [("photo", PhotoOf.DAMAGE, "")]
    assert around.state.page == "order"
    pack.on_intent("photo")
    pack.on_intent("photo:file")
    assert (around.state.page, around.state.picks) == ("order", True)
    pack.on_intent("photo:file /a/b:c d.jpg")
    assert (around.state.page, around.state.choices, around.state.picks) == ("reasons", PHOTO_REASONS[:-1], False)
    pack.on_intent("photo:label")
    around.run()
    assert service.calls[1:] == [("photo", PhotoOf.LABEL, "/a/b:c d.jpg")]
    pack.on_intent("photo")
    pack.on_intent("photo:contents")
    around.run()
    assert service.calls[2:] == [("photo", PhotoOf.CONTENTS, "")]


def test_a_dropped_picture_is_asked_about_where_a_parcel_lies_and_can_be_left(pack, around, service):
    pack.on_intent("photo:file /a/b.jpg")
    assert around.state.page == "reasons"
    pack.on_intent("cancel")
    around.run()
    assert (around.state.page, service.calls) == ("order", [])
    stands(pack, around, service, BENCH)
    pack.on_intent("photo:file /a/b.jpg")
    around.run()
    assert service.calls == [("photo", PhotoOf.PARCEL, "/a/b.jpg")]


def test_who_puts_a_tote_aside_may_show_why(pack, around, service):
    stands(pack, around, service, WHY_ASIDE)
    assert intents(around) == ["cancel", "photo"]
    pack.on_intent("photo")
    assert (around.state.choices, intents(around)) == (PHOTO_REASONS, ["cancel"])
    pack.on_intent("cancel")
    around.run()
    assert (around.state.page, around.state.frame.actions[-1].intent, service.calls) == ("reasons", "photo", [])
    pack.on_intent("photo:damage")
    around.run()
    assert service.calls == [("photo", PhotoOf.DAMAGE, "")]


def test_there_is_a_photo_of_a_parcel_only(pack, around, service):
    for view, so in ((PACK, True), (STICK, True), (BENCH, False), (replace(PACK, step=PackStep.DONE), False)):
        stands(pack, around, service, view)
        assert ("photo" in intents(around)) is so


@pytest.mark.parametrize(
    ("urls", "path"),
    [
        (["file:///a/b.JPG"], "/a/b.JPG"),
        (["file:///a/b.png", "file:///a/c.png"], None),
        (["file:///a/b.exe"], None),
        (["https://a/b.jpg"], None),
        ([], None),
    ],
    ids=["one", "two", "program", "web", "none"],
)
def test_only_one_picture_of_this_machine_is_taken_when_dropped(urls, path):
    data = QMimeData()
    data.setUrls([QUrl(url) for url in urls])
    assert dropped(data) == path
