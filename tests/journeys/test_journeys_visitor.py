"""A visitor of the demonstration does a whole order with the mouse alone, on the panel of hands."""

import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.demo.people import supervisor
from app.demo.play import open_panel
from app.demo.seats import WedgeSeat
from app.demo.show import BADGES, Show
from app.demo.stage import Stage
from app.store.sync_ports import PrintJournal
from sync.contract.rows import ParcelRow

LONGEST_S = 150
WRONG = ("Scan a wrong", "Scan the wrong", "Put something too light")


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.xdist_group("visitor")
def test_a_whole_order_by_mouse(qapp, tmp_path_factory: pytest.TempPathFactory) -> None:
    told: list[str] = []
    show = Show(Path(tmp_path_factory.mktemp("visit")), None, 2, "nl", told.append)
    try:
        for client in show.clients():
            client.start()
        panel = open_panel(show)
        ended: list[Exception | None] = []
        stage = Stage(ended.append, show.describe)
        stage.enter("the supervisor", supervisor(WedgeSeat(show.desk), BADGES["supervisor"], show.shift(1, 2)))
        stage.start()
        handheld = WedgeSeat(show.handheld)
        end = time.monotonic() + LONGEST_S
        while not show.parcels() and time.monotonic() < end:
            if handheld.screen() == "home" or (
                handheld.screen() == "pick" and getattr(handheld.view(), "step", "") == "done"
            ):
                handheld.press("next")
            for button in panel.offered():
                if not button.text().startswith(WRONG):
                    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
                    break
            QTest.qWait(250)
        assert ended == [None]
        shipped = show.parcels()
        assert len(shipped) == 1, show.describe("visitor")
        with show.station.store.look() as u:
            (parcel,) = (p for p in u.rows.all(ParcelRow) if p.sscc in shipped)
        kept = PrintJournal(show.station.store).find(f"{parcel.id}.1")
        assert kept is not None
        assert (kept.state, kept.verdict) == ("printed", "scanned")
        verdict = show.oms.run("server", "verify", "--json", "--data", str(show.oms.data))
        assert verdict["ok"]
        assert verdict["counts"]["orders_shipped"] == 1
    finally:
        show.close()
