"""What the buyer's desk asks before an act, and what the centre is then asked."""

import pytest

from app.screens.buying import asking
from sync.contract.buying_desk import BuyAct, BuyFound, BuyLine, BuySheet


def sheet(*days, state="sent", acts=tuple(BuyAct)):
    lines = [
        BuyLine(
            line=n, sku=f"S{n}", name=f"Item {n}", their_sku="", qty=10, wanted=10, received=0 if day else 10, damaged=0,
            open=10 if day else 0, price="1.00", day=day or "2026-11-01",
        )
        for n, day in enumerate(days, 1)
    ]  # fmt: skip
    head = BuyFound(
        number="PO-1",
        supplier="T",
        supplier_name="Tea",
        state=state,
        currency="EUR",
        total="20.00",
        made_at="",
        units=20,
        received=0,
    )
    return BuySheet(
        head=head, revision="seen", note="", reference="old", limit="", limit_currency="", approved_by="", send_by="mail",
        address=True, sent_at="", confirmed_at="", problem="", lines=lines, acts=list(acts),
    )  # fmt: skip


def answered(kind, about, *texts):
    question = asking.asked(kind, about)
    for text in texts:
        question = asking.entered(question, text)
    assert asking.complete(question)
    return asking.request(question, about)[1]


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("2026-12-04", ["2026-12-04"] * 2),
        ("4.12.2026", ["2026-12-04"] * 2),
        ("04/12/2026", ["2026-12-04"] * 2),
        # As it stood there, and nothing: each line keeps its own day.
        ("2026-11-30", []),
        ("30-11-2026", []),
        ("", []),
    ],
)
def test_a_supplier_confirms_what_is_still_to_come(typed, days):
    about = sheet("2026-11-25", "", "2026-11-30")
    assert [field.value for field in asking.asked("confirm", about).fields] == ["old", "2026-11-30"]
    asked = answered("confirm", about, "A-77", typed)
    assert (asked.act, asked.reference, asked.revision) == (BuyAct.CONFIRM, "A-77", "seen")
    assert [one.day for one in asked.lines] == days
    assert [one.line for one in asked.lines] == [1, 3][: len(days)]


@pytest.mark.parametrize("typed", ["tomorrow", "31.11.2026", "2026-13-01", "4.12.26"])
def test_what_is_no_day_is_asked_again(typed):
    question = asking.entered(asking.asked("confirm", sheet("2026-11-25")), "A-77")
    assert asking.entered(question, typed) is question


def test_a_supplier_delivers_other_amounts():
    about = sheet("2026-11-25", "", "2026-11-30")
    question = asking.asked("amounts", about)
    assert [field.key for field in question.fields] == ["line1", "line3"]
    for typed in ("", "-1", "1,5", "٣", "9" * 9):
        assert asking.entered(question, typed) is question
    asked = answered("amounts", about, "6", "0")
    assert [(one.line, one.qty, one.day) for one in asked.lines] == [(1, 6, None), (3, 0, None)]


def test_what_makes_no_sense_is_not_offered():
    def offered(about):
        return [one.intent.partition(":")[2] for one in asking.letters(about)]

    assert offered(sheet("2026-11-25")) == ["approve", "send", "confirm", "amounts", "call_off"]
    assert offered(sheet("", acts=[BuyAct.CONFIRM])) == ["confirm"]
    assert offered(sheet(*["2026-11-25"] * 13, acts=[BuyAct.CONFIRM])) == ["confirm"]
    assert not asking.asked("dance", sheet("2026-11-25")).asks


def test_yes_is_about_what_was_looked_at():
    about = sheet("2026-11-25")
    question = asking.chosen(asking.asked("approve", about), "yes", about)
    assert asking.complete(question)
    assert asking.request(question, about)[1].revision == "seen"
