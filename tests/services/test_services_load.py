"""Pallets, trucks and carriers' lists on a real store: what is there after a restart, labels and papers, and what the desk is told."""

import pytest

from app.core.messages import Code
from app.core.views_load import ListState, LoadStep
from app.services.load import FEW, STOCK, LoadService
from app.services.load_papers import LATER_S, SOON_S, DockLists
from app.services.load_ports import Again
from app.services.manifests import ManifestsService
from app.services.ports import CentreAway, CentreRefused, NoPrinter
from app.wiring.papers import MOST, KeptPapers
from sync.contract.codes import ErrorCode, PalletState, ParcelState
from sync.contract.loads import PalletsReply
from sync.contract.rows import PalletRow, ParcelRow
from sync.contract.shipping import ManifestRow, ManifestsReply, ManifestState


def sscc(n):
    base = f"38712345{n:09d}"
    return base + str(-sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(base)) % 10)


class Printer:
    """Keeps what it was asked for, and writes into the store that it has it, as the print queue does."""

    def __init__(self, floor):
        self.floor, self.labels, self.away = floor, [], False

    def print_pallet(self, print_job, sscc, company, name):
        if self.away:
            raise NoPrinter("absent")
        assert self.floor.store._lock.acquire(timeout=5), "printed inside a unit of work"
        self.floor.store._lock.release()
        self.floor.store.run(lambda u: u.prints.record(print_job, "queued", ""))
        self.labels.append((sscc, company, name))


class Sheets:
    """A printer of papers whose journal is the store's, as the print queue's is."""

    def __init__(self, floor):
        self.floor, self.there, self.jobs = floor, False, []

    def has_paper_printer(self):
        return self.there

    def print_list(self, print_job, pdf, meaning, again):
        if pdf == b"%PDF-odd":
            raise NoPrinter("other")
        self.jobs.append((print_job, again))
        self.says("queued")

    def says(self, *fates):
        for fate in fates:
            self.floor.store.run(lambda u, fate=fate: u.prints.record(self.jobs[-1][0], fate, ""))


class Asked:
    """A centre that answers what the test says, by path; away without an answer."""

    def __init__(self):
        self.answers, self.asked = {}, []

    def online(self):
        return bool(self.answers)

    def post(self, path, body, reads, timeout_s):
        return self._answer(path, body)

    def paper(self, kind, key, timeout_s):
        return self._answer("paper", (kind, key))

    def _answer(self, path, body):
        self.asked.append((path, body))
        answer = self.answers.get(path)
        if answer is None:
            raise CentreAway
        if isinstance(answer, Exception):
            raise answer
        return answer


class Dock:
    """The dock beside the floor of a test."""

    def __init__(self, floor, reader, folder):
        self.floor, self.reader, self.folder = floor, reader, folder
        self.printer, self.asked, self.sheets = Printer(floor), Asked(), Sheets(floor)
        self.rung = self.changed = 0

    @property
    def service(self):
        if getattr(self, "_of", None) is not self.floor.store:
            self._of = self.floor.store
            floor, papers = self.floor, KeptPapers(self.folder)
            self._service = LoadService(
                floor.store, self.reader, floor.clock, floor.centre, self.asked, self.printer, papers, self._lists()
            )
            self.manifests = ManifestsService(floor.store, self.asked, papers, floor.clock, self.lists)
        return self._service

    def _lists(self):
        self.lists = DockLists(self.floor.store, self.asked, self.sheets, self._changed, self._ring)
        return self.lists

    def _changed(self):
        self.changed += 1

    def _ring(self):
        self.rung += 1

    def heard(self):
        """The centre has everything that was done here."""
        self.floor.store.run(lambda u: u.journal._db.exec_driver_sql("UPDATE journal SET settled = 1").close())

    def stands(self):
        return self.service.view().view.paper

    def wrapped(self):
        """A pallet that was just closed where there is a printer of papers."""
        self.sheets.there = True
        self.asked.answers["paper"] = b"%PDF-1"
        self.parcel(1)
        self.scan(sscc(90), sscc(1), sscc(90))

    def parcel(self, n, carrier="DHL", state=ParcelState.SHIPPED, **more):
        row = ParcelRow(
            id=f"p{n}", sscc=sscc(n), carrier=carrier, service="S", state=state,
            **{"manifest": "m1", "order": f"O{n}", "number": 1, "tracking": f"TR{n}", **more},
        )  # fmt: skip
        self.floor.pull(row)
        return row

    def scan(self, *texts):
        return self.floor.scans(*texts, service=self.service)


@pytest.fixture
def dock(floor, reader, tmp_path):
    floor.person("packer", "supervisor")
    return Dock(floor, reader, tmp_path / "papers")


def test_a_pallet_goes_on_where_it_was_after_the_power_was_gone(dock, floor):
    dock.parcel(1)
    dock.parcel(2)
    dock.scan(sscc(90), sscc(1))
    floor.restart()
    back = dock.service.view()
    assert (back.state, back.view.id, back.view.count, back.view.carrier) == (LoadStep.BUILD, sscc(90), 1, "DHL")
    # By its tracking number as well as by its SSCC, with or without the application identifier.
    assert dock.scan("TR2").view.count == 2
    assert dock.scan("00" + sscc(1)).message.code is Code.ALREADY_ON_PALLET
    assert dock.scan("00" + sscc(90)).state == LoadStep.WRAPPED
    assert floor.kinds() == ["pallet.open", "pallet.put", "pallet.put", "scan.refused", "pallet.close"]
    assert dock.service.leave().view.pallets[0].step == "wrapped"


def test_rows_that_come_back_count_once(dock, floor):
    dock.parcel(1)
    dock.scan(sscc(90), sscc(1))
    floor.acknowledge()
    dock.parcel(1, pallet=sscc(90))
    floor.pull(PalletRow(id=sscc(90), state=PalletState.OPEN, carrier="DHL", parcels=1))
    assert dock.service.view().view.count == 1
    assert dock.service.undo().view.count == 0
    # Another device has closed it meanwhile, with a parcel more.
    floor.acknowledge()
    dock.parcel(2, pallet=sscc(90))
    dock.parcel(1)
    floor.pull(PalletRow(id=sscc(90), state=PalletState.CLOSED, carrier="DHL", parcels=1))
    seen = dock.service.view()
    assert (seen.state, seen.view.count) == (LoadStep.WRAPPED, 1)


def test_a_truck_goes_on_and_is_handed_over_without_the_centre(dock, floor):
    dock.parcel(1)
    dock.parcel(2)
    dock.parcel(3, shipped_at="2026-11-01T08:00:00Z")
    dock.parcel(4, shipped_at="2026-11-20T08:00:00Z")
    dock.parcel(5, carrier="GLS")
    dock.scan(sscc(90), sscc(1), sscc(90))
    dock.service.leave()
    cards = {card.carrier: card for card in dock.service.view().view.trucks}
    # What left the bench three weeks before the newest has gone some other way.
    assert (cards["DHL"].pallets, cards["DHL"].parcels, cards["GLS"].parcels) == (1, 2, 1)
    dock.service.truck("DHL")
    dock.scan("LANE-1", sscc(90), sscc(2))
    floor.restart()
    seen = dock.service.view().view
    assert (seen.lane, seen.count, seen.parcels, [thing.sscc for thing in seen.missing]) == ("LANE-1", 2, 2, [sscc(4)])
    dock.service.leave()
    assert {card.carrier: card.loaded for card in dock.service.view().view.trucks}["DHL"] == 2
    assert dock.service.truck("DHL").view.id == seen.id
    dock.service.close()
    for text in ("Jan", "12-ABC-3"):
        dock.service.leave_behind()
        dock.service.typed(text)
    dock.service.typed("")
    done = dock.service.hand_over("1,2 3,4")
    assert (done.state, done.message.code) == (LoadStep.GONE, Code.LOAD_HANDED_OVER)
    [fact] = floor.facts("load.hand_over")
    assert (fact["driver"], fact["plate"], fact["units"], fact["signature"]) == ("Jan", "12-ABC-3", 2, "1,2 3,4")
    dock.service.leave()
    assert dock.service.view().view.step is LoadStep.LIST
    assert dock.scan(sscc(90)).message.code is Code.PALLET_LEFT


def test_only_a_supervisor_lets_into_the_truck_what_no_list_has(dock, floor):
    dock.parcel(1, manifest="")
    dock.service.truck("DHL")
    assert dock.scan(sscc(1)).message.code is Code.NOT_MANIFESTED
    floor.person("packer")
    assert dock.service.load_anyway().message.code is Code.NOT_NOW
    dock.scan(sscc(1))
    floor.person("supervisor")
    assert dock.service.load_anyway().view.count == 1
    assert dock.service.load_anyway().message.code is Code.NOT_NOW


def test_labels_are_printed_from_the_stock_of_numbers_and_each_number_once(dock, floor):
    floor.site()
    assert dock.service.new_pallet().message.code is Code.NO_PALLET_NUMBERS
    mine = [PalletRow(id=sscc(n), state=PalletState.PLANNED, device="dev-1") for n in (91, 92)]
    floor.pull(*mine, PalletRow(id=sscc(93), state=PalletState.PLANNED, device="dev-2"))
    assert [dock.service.new_pallet().message.code for _ in range(3)] == [
        Code.PALLET_LABEL_SENT, Code.PALLET_LABEL_SENT, Code.NO_PALLET_NUMBERS,
    ]  # fmt: skip
    assert dock.printer.labels == [(sscc(91), "We", ""), (sscc(92), "We", "")]
    assert [card.step for card in dock.service.view().view.pallets] == ["label", "label"]
    floor.restart()
    assert dock.service.open(sscc(91)).state == LoadStep.LABEL
    assert dock.service.print_again(sscc(91)).message.code is Code.PALLET_LABEL_SENT
    assert dock.scan(sscc(91)).state == LoadStep.BUILD
    dock.service.leave()
    # With the centre there, more are fetched before the last are gone.
    dock.asked.answers["/v1/pallets"] = PalletsReply(pallets=[sscc(95)], epoch=1, server_time="")
    assert dock.service.new_pallet().message.code is Code.PALLET_LABEL_SENT
    assert (dock.asked.asked[-1][1].count, dock.printer.labels[-1][0], FEW < STOCK) == (STOCK, sscc(95), True)


def test_a_printer_that_is_away_uses_no_number_up(dock, floor):
    floor.pull(PalletRow(id=sscc(91), state=PalletState.PLANNED, device="dev-1"))
    dock.printer.away = True
    assert dock.service.new_pallet().message.code is Code.NO_LABEL_PRINTER
    assert dock.service.view().view.pallets == ()
    dock.printer.away = False
    assert dock.service.new_pallet().message.code is Code.PALLET_LABEL_SENT


def test_with_nothing_open_only_a_pallet_opens_anything(dock):
    dock.parcel(1)
    assert dock.scan(sscc(1)).message.code is Code.SCAN_PALLET_FIRST
    assert dock.scan("NONSENSE").message.code is Code.UNKNOWN_CODE
    assert dock.service.close().message.code is Code.NOT_NOW
    assert dock.service.paper().state == LoadStep.LIST


@pytest.mark.parametrize(("next_state", "code"), [
    (ParcelState.SHIPPED, Code.LABEL_VOID_NOW), (ParcelState.PLANNED, Code.PARCEL_IS_VOID),
])  # fmt: skip
def test_the_number_of_a_parcel_that_is_no_more_is_read_in_a_carriers_barcode(dock, next_state, code):
    dock.parcel(1, state=ParcelState.VOID, tracking="ACME0000123456")
    dock.parcel(2, state=next_state, tracking="NOW12345", order="O1", number=2)
    dock.scan(sscc(90))
    answer = dock.scan("%0071ACME00001234568X")
    assert answer.message.code is code
    assert answer.message.words == ({"number": "NOW12345"} if code is Code.LABEL_VOID_NOW else {"order": "O1"})
    assert dock.scan("%0071ACME0000123").message.code is Code.UNKNOWN_CODE


def test_papers_are_kept_as_files_and_the_oldest_are_forgotten(dock, tmp_path):
    dock.parcel(1)
    dock.scan(sscc(90), sscc(1), sscc(90))
    assert dock.service.paper().message.code is Code.NEEDS_CENTRE
    dock.asked.answers["paper"] = b"%PDF-1"
    kept = dock.service.paper()
    assert kept.message.code is Code.PAPER_KEPT
    assert [file.name for file in dock.folder.iterdir()] == [kept.message.words["name"]]
    papers = KeptPapers(tmp_path / "many")
    for n in range(MOST + 2):
        assert papers.keep(f"../{n} ä.pdf", b"x") == f"{n}-.pdf"
    assert len(list((tmp_path / "many").iterdir())) == MOST


def test_the_desk_closes_a_carriers_list(dock, floor):
    view = dock.service and dock.manifests.view
    dock.parcel(1, manifest="")
    dock.parcel(2, manifest="", state=ParcelState.LABEL_PENDING)
    assert [(day.carrier, day.ready, day.waiting) for day in view().view.carriers] == [("DHL", 1, 1)]
    assert dock.manifests.fetch().message.code is Code.NEEDS_CENTRE
    row = ManifestRow(id="m1", carrier="DHL", day="2026-11-22", n=1, state=ManifestState.CLOSED, parcels=1, grams=900)
    nothing = ManifestsReply(manifests=[], reason="nothing_to_hand_over", epoch=1, server_time="")
    dock.asked.answers = {"/v1/shipping/manifests": nothing, "/v1/shipping/manifests/close": nothing}
    assert dock.manifests.fetch().view.day
    assert dock.manifests.close("DHL").message.code is Code.NOTHING_TO_HAND_OVER
    made = ManifestsReply(manifests=[row], epoch=1, server_time="")
    dock.asked.answers["/v1/shipping/manifests/close"] = made
    closed = dock.manifests.close("DHL")
    assert (closed.message.code, closed.message.words) == (Code.MANIFEST_CLOSED, {"n": 1, "carrier": "DHL"})
    assert [(card.id, card.parcels) for card in closed.view.closed] == [("m1", 1)]
    assert dock.manifests.paper("m9").message.code is Code.NOT_NOW
    dock.asked.answers["paper"] = b"%PDF-1"
    assert dock.manifests.paper("m1").message.words == {"name": "DHL-2026-11-22-1.pdf"}
    dock.asked.answers["/v1/shipping/manifests/close"] = CentreRefused(ErrorCode.FORBIDDEN)
    assert dock.manifests.close("DHL").message.code is Code.NOT_ALLOWED
    floor.person("packer")
    assert dock.manifests.close("DHL").message.code is Code.NOT_ALLOWED


def test_a_wrapped_pallets_list_comes_out_once_and_only_when_the_centre_knows_what_is_on_it(dock):
    dock.wrapped()
    assert (dock.stands(), dock.rung) == (ListState.OWED, 1)
    # The centre would draw it without the parcel that it has not heard of.
    assert dock.lists.run() == SOON_S
    assert dock.sheets.jobs == []
    dock.heard()
    assert dock.lists.run() == SOON_S
    assert dock.sheets.jobs == [(f"pallet-list.{sscc(90)}.1", None)]
    assert dock.asked.asked[-1] == ("paper", ("pallet-list", sscc(90)))
    assert dock.stands() is ListState.OWED
    for fate, stands in (
        ("preflight", ListState.OWED),
        ("sending", ListState.PRINTING),
        ("printed", ListState.PRINTED),
    ):
        dock.sheets.says(fate)
        assert dock.stands() is stands
    assert (dock.lists.run(), dock.lists.run(), len(dock.sheets.jobs)) == (None, None, 1)
    assert dock.stands() is ListState.PRINTED


def test_what_is_owed_is_owed_after_the_power_was_gone_and_nothing_comes_out_twice(dock, floor):
    dock.wrapped()
    dock.heard()
    floor.restart()
    dock.service.view()
    assert dock.lists.run() == SOON_S
    dock.sheets.says("sending", "uncertain")
    floor.restart()
    assert dock.service.view().view.paper is ListState.UNSURE
    assert dock.lists.run() is None
    assert len(dock.sheets.jobs) == 1


@pytest.mark.parametrize(
    ("fates", "stands", "sent"),
    [
        (["preflight"], ListState.OWED, 2),
        (["preflight", "sending"], ListState.UNSURE, 1),
        (["preflight", "sending", "sent"], ListState.UNSURE, 1),
    ],
)
def test_a_list_whose_program_ended_meanwhile_is_sent_again_unless_it_may_have_come_out(
    dock, floor, fates, stands, sent
):
    dock.wrapped()
    dock.heard()
    dock.lists.run()
    dock.sheets.says(*fates)
    floor.restart()
    assert dock.service.view().view.paper is stands
    dock.lists.run()
    assert [job for job, _ in dock.sheets.jobs] == [f"pallet-list.{sscc(90)}.1"] * sent
    if stands is ListState.UNSURE:
        assert dock.lists.run() is None
        assert dock.service.paper("lost").message.code is Code.PAPERS_COMING
        dock.lists.run()
        assert dock.sheets.jobs[-1][0] == f"pallet-list.{sscc(90)}.2"


def test_a_list_that_did_not_get_to_the_printer_is_sent_again_by_itself(dock):
    dock.wrapped()
    dock.heard()
    dock.asked.answers.clear()
    assert (dock.lists.run(), dock.stands()) == (LATER_S, ListState.OWED)
    dock.asked.answers["paper"] = b"%PDF-1"
    dock.sheets.there = False
    assert (dock.lists.run(), dock.stands()) == (LATER_S, ListState.OWED)
    dock.sheets.there = True
    dock.lists.run()
    dock.sheets.says("failed")
    assert (dock.stands(), dock.lists.run()) == (ListState.OWED, SOON_S)
    assert [job for job, _ in dock.sheets.jobs] == [f"pallet-list.{sscc(90)}.1"] * 2


def test_once_more_needs_a_reason_which_the_print_queue_gets(dock):
    dock.wrapped()
    dock.heard()
    dock.lists.run()
    dock.sheets.says("sending")
    assert dock.service.paper("lost").message.code is Code.NOT_NOW
    dock.sheets.says("printed")
    assert dock.service.paper().message.code is Code.NOT_NOW
    assert dock.service.paper("spoilt").message.code is Code.PAPERS_COMING
    dock.lists.run()
    first = f"pallet-list.{sscc(90)}.1"
    assert dock.sheets.jobs[1:] == [(f"pallet-list.{sscc(90)}.2", Again("spoilt", "p1", first))]
    # What is on its way is not asked for twice.
    assert dock.service.paper().message.code is Code.PAPERS_COMING
    dock.lists.run()
    assert len(dock.sheets.jobs) == 2


def test_a_pallet_closed_anew_has_a_new_list_and_the_one_still_owed_is_forgotten(dock):
    dock.wrapped()
    dock.parcel(2)
    dock.service.reopen()
    dock.scan(sscc(2), sscc(90))
    dock.heard()
    dock.lists.run()
    assert [job for job, _ in dock.sheets.jobs] == [f"pallet-list.{sscc(90)}.2"]


@pytest.mark.parametrize("answer", [b"<html>", b"%PDF-odd", CentreRefused(ErrorCode.NOT_FOUND, "")], ids=str)
def test_a_list_that_cannot_be_printed_is_said_and_not_tried_for_ever(dock, answer):
    dock.wrapped()
    dock.heard()
    dock.asked.answers["paper"] = answer
    assert (dock.lists.run(), dock.stands(), dock.lists.run()) == (None, ListState.FAILED, None)
    dock.asked.answers["paper"] = b"%PDF-1"
    assert dock.service.paper().message.code is Code.PAPERS_COMING
    assert (dock.lists.run(), dock.stands()) == (SOON_S, ListState.OWED)


def test_a_carriers_list_is_printed_at_its_close(dock):
    dock.sheets.there = True
    assert dock.service.view()
    row = ManifestRow(id="m1", carrier="DHL", day="2026-11-22", n=1, state=ManifestState.CLOSED, parcels=1, grams=900)
    made = ManifestsReply(manifests=[row], epoch=1, server_time="")
    dock.asked.answers = {"/v1/shipping/manifests/close": made, "paper": b"%PDF-1"}
    assert dock.manifests.close("DHL").view.closed[0].paper is ListState.OWED
    dock.lists.run()
    assert dock.sheets.jobs == [("manifest.m1.1", None)]
    dock.sheets.says("printed")
    assert dock.manifests.view().view.closed[0].paper is ListState.PRINTED
    assert dock.manifests.paper("m1").message.code is Code.NOT_NOW
    assert dock.manifests.paper("m1", "copy").message.code is Code.PAPERS_COMING
    dock.lists.run()
    assert dock.sheets.jobs[-1] == ("manifest.m1.2", Again("copy", "p1", "manifest.m1.1"))
