"""The books as files: read back by readers of their formats, with hostile texts in them."""

import csv
import io
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oms.finance import datev, sheets
from oms.finance.charts import charts
from oms.finance.codes import Event, Kind, Method
from oms.finance.queries import Balance, Posted, Trial, Worth
from tests.oms.finance.happenings import Memory, happenings

DAY = date(2024, 5, 6)
HOSTILE = (
    '=HYPERLINK("http://x")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "a;b", 'say "x"', "a\r\nb", "\0", "  =1+1",
    "Şahin № 5 – €", "日本", "x" * 300, "ü\u202e",
)  # fmt: skip


def line(number=1, account="1400", amount=100, text="text", **words):
    said = {
        "day": DAY, "fact_day": DAY, "event": Event.MANUAL, "source": "manual:1", "name": "Name", "site": "W", "sku": "TEA",
        "qty": 1, "currency": "", "money": 0, **words,
    }  # fmt: skip
    return Posted(number=number, account=account, amount=amount, text=text, **said)


def batch(**words):
    return datev.Batch(
        "Acme GmbH", 1234567, 42, "EUR", date(2024, 1, 1), DAY, DAY, datetime(2024, 5, 7, 8, 9, 10, 11000, UTC), **words
    )


def read_extf(raw):
    """(header fields, bookings as dicts) of a DATEV file, or an assertion about what is wrong with it."""
    text = raw.decode("cp1252")
    assert text.endswith("\r\n")
    rows = text[:-2].split("\r\n")
    assert not any("\n" in row or "\r" in row for row in rows)
    fields = [next(csv.reader([row], delimiter=";", strict=True)) for row in rows]
    head, columns, bookings = fields[0], fields[1], fields[2:]
    assert len(head) == 31
    assert rows[0].startswith('"EXTF";700;21;"Buchungsstapel";13;2')
    assert len(head[5]) == 17
    assert head[5].isdigit()
    assert len(columns) == 125
    found = []
    for one in bookings:
        assert len(one) == 125
        booking = dict(zip(columns, one, strict=True))
        amount = booking["Umsatz (ohne Soll/Haben-Kz)"]
        whole, _, part = amount.partition(",")
        assert whole.isdigit()
        assert len(part) == 2
        assert D(f"{whole}.{part}") > 0
        assert booking["Soll/Haben-Kennzeichen"] == "S"
        first, last = (datetime.strptime(head[n], "%Y%m%d").date() for n in (14, 15))
        day = datetime.strptime(booking["Belegdatum"] + head[12][:4], "%d%m%Y").date()
        assert first <= day <= last
        for account in (booking["Konto"], booking["Gegenkonto (ohne BU-Schlüssel)"]):
            assert account.isdigit()
            assert len(account) == int(head[13])
        assert len(booking["Buchungstext"]) <= 60
        assert len(booking["Belegfeld 1"]) <= 36
        found.append(booking)
    return head, found


def test_a_datev_file_moves_what_the_journal_says():
    rows = [
        line(1, "1400", 8470), line(1, "8200", -7000), line(1, "1770", -1470),
        line(2, "1360", 5000, "INV-000001"), line(2, "1400", -5000, "INV-000001"),
        line(3, "3980", 0), line(3, "4000", 0),
    ]  # fmt: skip
    head, bookings = read_extf(datev.extf(batch(closed=True), rows))
    assert head[10:17] == ["1234567", "42", "20240101", "4", "20240506", "20240506", "Acme GmbH"]
    assert (head[20], head[21]) == ("1", "EUR")
    assert [(one["Konto"], one["Gegenkonto (ohne BU-Schlüssel)"], one["Umsatz (ohne Soll/Haben-Kz)"]) for one in bookings] == [
        ("1400", "8200", "70,00"), ("1400", "1770", "14,70"), ("1360", "1400", "50,00"),
    ]  # fmt: skip
    assert bookings[2]["Belegfeld 1"] == "INV-000001"
    assert {one["Festschreibung"] for one in bookings} == {"1"}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_stay_texts(text):
    _, [booking] = read_extf(
        datev.extf(batch(), [line(text=text, source=text), line(account="2000", amount=-100, text=text)])
    )
    assert booking["Buchungstext"].startswith("manual")
    table = sheets.journal_csv([line(text=text, sku=text, source=text, name=text)], "EUR")
    [row] = csv.DictReader(io.StringIO(table.decode("utf-8-sig"), newline=""))
    for name in ("text", "sku", "source", "name"):
        assert row[name].lstrip()[:1] not in set("=+-@"), row[name]
        assert row[name].isprintable()
    assert (row["debit"], row["credit"]) == ("1.00", "0.00")


def test_letters_that_datev_does_not_have_become_their_likes():
    _, [booking] = read_extf(datev.extf(batch(), [line(text="Şahin № 5 – €"), line(account="2000", amount=-100)]))
    assert booking["Buchungstext"] == "manual Sahin N 5 – €"


@pytest.mark.parametrize("seed", [3, 4])
def test_a_datev_file_of_random_events_comes_to_the_same_balances(seed):
    books = Memory(Method.FIFO)
    for one in happenings(seed, 400):
        books.happen(one)
    days = [day for _, day, _ in books.entries]
    rows = [
        line(number, one.account, one.amount, draft.source, day=day, fact_day=draft.day, event=draft.event)
        for number, day, draft in books.entries
        for one in draft.lines
    ]
    year = min(days).replace(month=1, day=1)
    rows = [one for one in rows if one.day.year == year.year]
    made = datev.Batch(
        "A", 1001, 1, "EUR", year, year, year.replace(month=12, day=31), datetime(2024, 1, 1, tzinfo=UTC)
    )
    _, bookings = read_extf(datev.extf(made, rows))
    sums, wanted = Counter(), Counter()
    for one in bookings:
        amount = int(one["Umsatz (ohne Soll/Haben-Kz)"].replace(",", ""))
        sums[one["Konto"]] += amount
        sums[one["Gegenkonto (ohne BU-Schlüssel)"]] -= amount
    for one in rows:
        wanted[one.account] += one.amount
    assert {k: v for k, v in sums.items() if v} == {k: v for k, v in wanted.items() if v}


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(-10_000, 10_000), min_size=1, max_size=12))
def test_pairs_move_what_an_entry_says(amounts):
    entry = [line(1, str(4000 + n), amount) for n, amount in enumerate([*amounts, -sum(amounts)])]
    sums = Counter()
    for debit, credit, amount in datev.pairs(entry):
        assert amount > 0
        sums[debit.account] += amount
        sums[credit] -= amount
    assert {k: v for k, v in sums.items() if v} == {one.account: one.amount for one in entry if one.amount}


def test_a_trial_balance_as_a_file_ends_with_zero():
    trial = Trial((Balance("1300", "=Debtors", Kind.ASSET, 12100, 0), Balance("4000", "Sales", Kind.INCOME, 0, 12100)))
    rows = list(csv.reader(io.StringIO(sheets.trial_csv(trial, "EUR").decode("utf-8-sig"), newline="")))
    assert rows[1] == ["1300", "'=Debtors", "asset", "121.00", "0.00", "121.00", "EUR"]
    assert rows[-1] == ["", "", "", "121.00", "121.00", "0.00", "EUR"]


def test_money_without_small_coins():
    rows = list(csv.reader(io.StringIO(sheets.worth_csv([Worth("W", "TEA", 3, 1200)], "JPY").decode("utf-8-sig"))))
    assert rows[1] == ["W", "TEA", "3", "1200", "JPY"]


def test_the_german_chart_has_accounts_datev_takes():
    assert all(len(number) == 4 and number.isdigit() for number, _ in charts()["de"].values())
