"""Behind the set-up screen: the desk on a real hub with simulated devices, what is kept on disk, and faults turned into words."""

import itertools
import threading
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.messages import Code, Tone
from app.screens.devices.port import KEYBOARD, FoundCard
from app.settings import devices as file_of
from app.wiring.board import DeviceBoard
from app.wiring.checking import findings
from app.wiring.device_desk import Asking, HubDesk
from app.wiring.scan_facts import scan_facts, visible
from app.wiring.scans import read_fields
from app.wiring.station_file import KeptStation
from devices.codecs.layouts import TEST_CODE, Layout, as_typed
from devices.discovery.by_hand import address
from devices.discovery.found import Found
from devices.hub import DeviceHub, HubSinks
from devices.model import DeviceInfo, DeviceKey, LinkState, PrinterStatus, Reason, Role
from devices.selftest import Check, Remedy
from devices.selftest import Finding as Missing
from devices.simulated.scale_sim import ScaleSim
from devices.simulated.scanner_sim import ScannerSim
from devices.simulated.zpl_sim import ZplSim
from devices.transports.base import LinkError


class Journal:
    """Of print jobs; nothing is asked of it here."""

    def record(self, job, state, detail):
        pass

    def decided(self, job_id, verdict, who):
        pass

    def find(self, job_id):
        return None

    def latest_of(self, identity):
        return None

    def unsettled(self):
        return ()


class Plugged:
    """A source of discovery whose sightings a test sets."""

    way = "serial port"

    def __init__(self):
        self.report = None
        self.searches = 0

    def start(self, report):
        self.report = report

    def search(self):
        self.searches += 1

    def stop(self):
        self.report = None


class Place:
    """A desk with everything around it, as the bootstrap ties it."""

    def __init__(self, folder, given=(), identify=lambda url, stopped: None):
        self.folder = folder
        self.changed = threading.Condition()
        self.board = DeviceBoard()
        self.strips = []
        self.source = Plugged()
        sinks = HubSinks(
            scan=lambda scan: self.tell(),
            reading=lambda key, reading: (self.board.reading(key, reading), self.tell()),
            status=lambda key, status: (self.board.printer(key, status), self.tell()),
            link=lambda key, state, reason: (self.board.link(key, state, reason), self.tell()),
            job=lambda report: self.desk.on_job(report),
        )
        ticks = itertools.count()
        self.hub = DeviceHub(sinks, Journal())
        self.kept = KeptStation(folder / file_of.FILE, given)
        self.desk = HubDesk(
            self.hub, self.kept, self.board, [self.source], Asking(address, identify), lambda: next(ticks) * 1e-3,
            folder / "evidence", True, self.tell, self.placed,
        )  # fmt: skip
        self.desk.open()
        self.hub.start()
        self.desk.watch(True)

    def placed(self):
        self.strips.append([status.name for status in self.board.statuses()])

    def tell(self):
        with self.changed:
            self.changed.notify_all()

    def wait(self, condition):
        with self.changed:
            assert self.changed.wait_for(condition, 10), self.desk.view()

    def card(self, key):
        return next(card for card in self.desk.view().devices if card.key == key)

    def keys(self):
        return [card.key for card in self.desk.view().devices if not card.fixed]

    def close(self):
        self.desk.close()
        assert self.hub.stop()


@pytest.fixture
def place(tmp_path, expected_log):
    expected_log.append("no link")  # most of these devices are not there, the others are pulled out at the end
    made = []

    def make(**options):
        for old in made:
            old.close()
        made[:] = [Place(tmp_path, **options)]
        return made[0]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def plugged():
    running = []

    def start(sim):
        sim.start()
        running.append(sim)
        return sim

    yield start
    for sim in running:
        sim.stop()


def found(url, key, role="", name="A device"):
    return FoundCard(key, name, url, role)


def test_what_is_plugged_in_is_offered_until_it_is_used(place, plugged):
    here = place()
    sim = plugged(ScannerSim())
    key = f"ser:{sim.url.removeprefix('serial://')}"
    here.wait(lambda: here.source.report is not None)
    here.source.report(
        [Found(DeviceKey(key), sim.url, Role.SCANNER, "lines", "Quick\x1b[2JScan", "", "", ("serial port",))]
    )
    (offer,) = here.desk.view().found
    assert (offer.role, offer.name) == ("scanner", "Quick<1B>[2JScan")
    assert here.desk.use(offer, "scanner").code is Code.DEVICE_IN_USE
    here.wait(lambda: here.card(key).link == "ready")
    assert here.desk.view().found == ()
    assert here.desk.remove(key).code is Code.DEVICE_REMOVED
    assert [card.key for card in here.desk.view().found] == [key]


def test_searching_happens_when_asked_and_ends(place):
    here = place()
    assert here.source.searches == 0
    here.desk.search()
    assert here.source.searches == 1
    assert here.desk.view().searching


def test_set_up_devices_are_there_after_a_restart_and_roles_can_change(place, plugged):
    here = place()
    sim = plugged(ScaleSim())
    key = f"ser:{sim.url.removeprefix('serial://')}"
    assert here.desk.use(found(sim.url, key, name="Bench scale"), "scanner").code is Code.DEVICE_IN_USE
    assert here.desk.change_role(key, "scale").code is Code.DEVICE_IN_USE
    here = place()
    here.wait(lambda: here.card(key).weight is not None)
    assert (here.card(key).role, here.card(key).name) == ("scale", "Bench scale")
    assert here.card(key).dialect == "mt-sics"
    sim.load(20.0)
    here.wait(lambda: (here.card(key).weight.figure, here.card(key).weight.state) == ("0.020 kg", "stable"))
    here.desk.zero(key)
    here.wait(lambda: here.card(key).weight.figure == "0.000 kg")


def test_a_typed_language_is_kept_and_another_one_can_be_chosen(place):
    here = place()
    typed = here.desk.identify("tcp://127.0.0.1:9?dialect=tspl")
    here.desk.use(typed, "label-printer")
    assert here.card(typed.key).dialect == "tspl"
    assert {"zpl", "epl2", "raw"} < set(here.card(typed.key).dialects)
    assert "ipp" not in here.card(typed.key).dialects
    assert here.desk.speak(typed.key, "zpl").code is Code.DEVICE_IN_USE
    assert here.card(typed.key).dialect == "zpl"
    assert here.desk.speak(typed.key, "nonsense").code is Code.ADDRESS_WRONG
    assert here.card(typed.key).dialect == "zpl"
    here.desk.change_role(typed.key, "scale")
    assert here.card(typed.key).dialect == "mt-sics"


def test_a_serial_scanner_goes_by_its_make(place, plugged):
    here = place()
    sim = plugged(ScannerSim())
    key = f"ser:{sim.url.removeprefix('serial://')}"
    here.desk.use(found(sim.url, key), "scanner")
    assert {"honeywell", "datalogic", "ssi"} <= set(here.card(key).dialects)
    assert here.desk.speak(key, "zebra").code is Code.DEVICE_IN_USE
    here.wait(lambda: here.card(key).link == "ready")
    assert here.card(key).dialect == "zebra"
    here.desk.change_role(key, "scale")
    assert here.card(key).dialect == "mt-sics"


def test_a_name_is_not_given_twice(place):
    here = place()
    for port in (1, 2):
        here.desk.use(found(f"tcp://127.0.0.1:{port}", f"net:127.0.0.1:{port}", name="Zebra"), "label-printer")
    assert [card.name for card in here.desk.view().devices][:2] == ["Zebra", "Zebra 2"]


def test_a_removal_is_taken_back_once(place, plugged):
    here = place()
    sim = plugged(ScannerSim())
    key = f"ser:{sim.url.removeprefix('serial://')}"
    here.desk.use(found(sim.url, key, name="Gun"), "scanner")
    here.desk.remove(key)
    assert here.keys() == []
    assert here.strips[-2:] == [["Gun"], []]
    assert here.desk.restore().words == {"device": "Gun"}
    here.wait(lambda: here.card(key).link == "ready")
    assert here.desk.restore().code is Code.DEVICE_GONE
    assert here.desk.remove("net:nowhere").code is Code.DEVICE_GONE


def test_a_device_from_the_options_stays_removed_but_not_another_one(place, tmp_path):
    one = (Role.LABEL_PRINTER, "tcp://127.0.0.1:9", "Printer")
    here = place(given=[one])
    here.desk.remove("net:127.0.0.1:9")
    assert place(given=[one]).keys() == []
    assert place(given=[(Role.LABEL_PRINTER, "tcp://127.0.0.1:19", "Printer")]).keys() == ["net:127.0.0.1:19"]
    here = place(given=[one])
    here.desk.use(found("tcp://127.0.0.1:9", "net:127.0.0.1:9", name="Printer"), "label-printer")
    assert tomllib.loads((tmp_path / file_of.FILE).read_text())["removed"] == []
    assert place(given=[one]).keys() == ["net:127.0.0.1:9"]


def test_an_option_that_makes_no_sense_is_left_out(place, expected_log):
    expected_log.append("left out")
    assert place(given=[(Role.SCALE, "gopher://x", "Scale")]).keys() == []


@pytest.mark.parametrize("text", ["not toml [", "\x00", "[[device]]\nrole = 3", 'device = "x"\nremoved = 1'])
def test_a_damaged_file_does_not_stop_the_station(place, tmp_path, expected_log, text):
    expected_log.append("cannot be read")
    (tmp_path / file_of.FILE).write_text(text)
    assert place().keys() == []


@given(
    st.lists(st.tuples(st.sampled_from(["scanner", "scale"]), st.text(), st.text(), st.text()), max_size=4),
    st.lists(st.text()),
)
def test_what_is_saved_is_loaded(tmp_path_factory, rows, removed):
    file = tmp_path_factory.getbasetemp() / "round" / file_of.FILE
    dicts = tuple(dict(zip(("role", "key", "url", "name"), row, strict=True)) for row in rows)
    try:
        file_of.save(file, dicts, removed)
    except UnicodeEncodeError:  # lone surrogates are no text that a device could have
        return
    assert file_of.load(file) == file_of.KeptDevices(dicts, tuple(removed))


def test_a_full_disk_is_said_and_the_device_works_all_the_same(place, plugged, tmp_path, expected_log):
    expected_log.append("cannot be kept")
    here = place()
    (tmp_path / file_of.FILE).with_suffix(".new").mkdir()
    sim = plugged(ScannerSim())
    key = f"ser:{sim.url.removeprefix('serial://')}"
    assert here.desk.use(found(sim.url, key), "scanner").code is Code.STORAGE_FULL
    here.wait(lambda: here.card(key).link == "ready")


@pytest.mark.parametrize("text", ["10.0.0", "gopher://x", "a b", "tcp://", "\x1b[2J", "x" * 5000, "10.0.0.7:99999999"])
def test_no_address(place, text):
    answer = place().desk.identify(text)
    if isinstance(answer, FoundCard):
        assert text == "10.0.0"  # a name like any other
        return
    assert answer.code is Code.ADDRESS_WRONG
    assert all(character.isprintable() for character in answer.words["text"])
    assert len(answer.words["text"]) < 200


def test_an_address_in_use_is_not_asked_again(place):
    asked = []
    here = place(identify=lambda url, stopped: asked.append(url))
    here.desk.use(found("tcp://127.0.0.1:9100", "net:serial:1", name="Zebra"), "label-printer")
    answer = here.desk.identify("127.0.0.1")
    assert (answer.code, answer.words) == (Code.DEVICE_TAKEN, {"device": "Zebra"})
    assert asked == []


def test_who_answers_is_offered_with_its_role_and_who_does_not_as_it_is(place):
    def identify(url, stopped):
        if "7" in url:
            return Found(
                DeviceKey("net:serial:9"), url, Role.LABEL_PRINTER, "zpl", "ZD421", "ZD421", "9", ("asking it",)
            )
        raise LinkError(Reason.REFUSED, "no")

    here = place(identify=identify)
    assert here.desk.identify("10.0.0.7").role == "label-printer"
    assert here.desk.identify("10.0.0.8") == FoundCard("net:10.0.0.8:9100", "10.0.0.8", "tcp://10.0.0.8:9100")
    assert here.desk.identify("/dev/ttyUSB7").address == "serial:///dev/ttyUSB7"


def test_a_question_can_be_stopped_and_the_next_one_is_asked(place):
    stops = []
    here = place(identify=lambda url, stopped: stops.append(stopped()))
    here.desk.stop_asking()
    here.desk.identify("10.0.0.1")
    here.desk.identify("10.0.0.1")
    assert stops == [True, False]


def test_a_test_label_is_printed_and_its_fate_shown(place, plugged, tmp_path):
    here = place()
    sim = plugged(ZplSim(tmp_path / "labels"))
    key = f"net:{sim.url.removeprefix('tcp://')}"
    here.desk.use(found(sim.url, key, name="Zebra"), "label-printer")
    assert here.desk.print_test(key) is None
    here.wait(lambda: here.card(key).test in ("printed", "unsure"))
    assert b"FLOORHAND-TEST" in sim.wait_labels(1, 5)[0].zpl
    assert here.desk.print_test("net:nowhere").code is Code.DEVICE_GONE


def test_traffic_goes_into_a_file_that_names_its_device(place, tmp_path):
    here = place()
    here.desk.use(found("tcp://127.0.0.1:9", "net:127.0.0.1:9", name="../Dock 3!"), "label-printer")
    saved = here.desk.save_traffic("net:127.0.0.1:9")
    assert saved.code is Code.TRAFFIC_SAVED
    (file,) = (tmp_path / "evidence").glob("dock-3-*.toml")
    assert saved.words["file"] == str(file)
    assert here.desk.save_traffic("net:nowhere").code is Code.DEVICE_GONE


# --- how a device is, in words


def info(role=Role.LABEL_PRINTER, url="tcp://10.0.0.7:9100"):
    return DeviceInfo(DeviceKey("k"), role, "Dock 3", url)


def board_with(state, reason, **options):
    board = DeviceBoard()
    board.keep([(info(**options), LinkState.ABSENT, None)])
    for step in (LinkState.OPENING, state):
        board.link(DeviceKey("k"), step, reason if step is state else None)
    return board


@pytest.mark.parametrize(
    ("state", "reason", "url", "fault", "help_"),
    [
        (LinkState.MISCONFIGURED, Reason.DENIED, "serial:///dev/ttyUSB0", "denied", "join_dialout"),
        (LinkState.MISCONFIGURED, Reason.DENIED, "usblp:///dev/usb/lp0", "denied", "join_lp"),
        (LinkState.ABSENT, Reason.ABSENT, "serial:///dev/ttyUSB0", "absent", "plug_in"),
        (LinkState.BACKOFF, Reason.TIMED_OUT, "tcp://10.0.0.7:9100", "timed-out", "network"),
        (LinkState.LOST, Reason.LOST, "tcp://10.0.0.7:9100", "lost", "network"),
        (LinkState.DEGRADED, Reason.COVER_OPEN, "tcp://10.0.0.7:9100", "cover-open", "close_lid"),
    ],
)
def test_trouble_of_a_link_has_its_words(state, reason, url, fault, help_):
    (status,) = board_with(state, reason, url=url).statuses()
    assert not status.ready
    assert status.message.words == {"device": "Dock 3", "fault": fault, "help": help_}


def test_while_it_is_tried_again_the_fault_stands():
    board = board_with(LinkState.LOST, Reason.LOST)
    for step in (LinkState.BACKOFF, LinkState.OPENING, LinkState.PROBING):
        board.link(DeviceKey("k"), step, Reason.LOST if step is LinkState.BACKOFF else None)
        assert board.statuses()[0].message.words["fault"] == "lost"
    board.link(DeviceKey("k"), LinkState.READY, None)
    assert board.statuses()[0].message is None
    assert board.statuses()[0].ready


def test_at_the_start_nothing_is_wrong_yet():
    board = DeviceBoard()
    board.keep([(info(), LinkState.OPENING, None)])
    (status,) = board.statuses()
    assert (status.ready, status.message) == (False, None)
    assert board.standings()[0].starting


@pytest.mark.parametrize(
    ("status", "fault", "ready"),
    [
        (PrinterStatus(False, (Reason.MEDIA_EMPTY, Reason.PAUSED)), "media-empty", False),
        (PrinterStatus(None), "no-reply", False),
        (PrinterStatus(True, warnings=(Reason.MEDIA_LOW,)), "media-low", True),
    ],
)
def test_what_a_printer_says(status, fault, ready):
    board = board_with(LinkState.READY, None)
    board.printer(DeviceKey("k"), status)
    (shown,) = board.statuses()
    assert (shown.ready, shown.message.words["fault"]) == (ready, fault)


def test_a_device_that_was_removed_is_forgotten():
    board = board_with(LinkState.READY, None)
    board.keep([])
    board.link(DeviceKey("k"), LinkState.LOST, Reason.LOST)
    board.printer(DeviceKey("k"), PrinterStatus(False))
    assert board.statuses() == ()


# --- what a scan says


def nothing(_text):
    return None


@given(st.text(max_size=400), st.none() | st.text(max_size=3))
def test_no_scan_can_break_the_screen(text, symbology):
    facts = scan_facts(text, symbology, read_fields, nothing)
    for shown in (facts.text, facts.symbology, *(value for _, value in facts.fields)):
        assert all(character.isprintable() for character in shown)
        assert len(shown) <= 1400


def test_ten_million_characters_and_escapes_are_shown_short_and_harmless():
    assert len(visible("\x1b[31m" * 2_000_000)) < 1400
    assert visible("a\x1db\x1b[0m") == "a<GS>b<1B>[0m"


def test_fields_and_kind_of_a_scan():
    facts = scan_facts("01095011015300031727033110LOT-7\x1d2142", "]d2", read_fields, nothing)
    assert facts.symbology == "GS1 DataMatrix"
    assert dict(facts.fields) == {"gtin": "09501101530003", "lot": "LOT-7", "serial": "42", "expiry": "2027-03-31"}
    assert scan_facts("x", "]X9", read_fields, nothing).symbology == "]X9"


@pytest.mark.parametrize("layout", list(Layout))
def test_a_keyboard_of_another_country_is_named_only_where_there_is_a_keyboard(place, layout):
    desk = place().desk
    trouble = desk.read(as_typed(TEST_CODE, layout), None, KEYBOARD).trouble
    assert (trouble.code, trouble.words) == (Code.KEYBOARD_LAYOUT, {"layout": layout.name})
    assert desk.read(as_typed(TEST_CODE, layout), None, "ser:1").trouble is None
    assert desk.read("9501101530003", None, KEYBOARD).trouble is None


# --- the self-test in words


def test_each_remedy_has_its_words_and_its_command_once():
    found_ = (
        Missing(Check.UDEV_RULE, "70-floorhand.rules", False, Remedy.INSTALL_RULE, "/etc/udev/rules.d"),
        Missing(Check.GROUP, "dialout", False, Remedy.JOIN_GROUP, "USB serial"),
        Missing(Check.NODE, "/dev/ttyUSB0", False, Remedy.JOIN_GROUP, "dialout"),
        Missing(Check.GROUP, "lp", False, Remedy.SIGN_IN_AGAIN, "USB printer"),
        Missing(Check.NODE, "/dev/hidraw0", False, Remedy.REPLUG, "input"),
        Missing(Check.HOT_PLUG, "netlink", False, Remedy.NONE, "OSError"),
        Missing(Check.LIBRARY, "hidapi", False, Remedy.INSTALL_LIBRARY),
        Missing(Check.GROUP, "input", True),
    )
    said = findings(found_)
    assert [each.message.code for each in said] == [
        Code.CHECK_RULE, Code.CHECK_GROUP, Code.CHECK_SIGN_IN, Code.CHECK_REPLUG, Code.CHECK_SERVICE, Code.CHECK_SERVICE,
        Code.CHECK_FINE,
    ]  # fmt: skip
    assert said[1].command == "sudo usermod -aG dialout $USER"
    assert [each.good for each in said] == [False] * 6 + [True]
    assert all(each.message.look.tone is not Tone.BAD for each in said)


def test_this_machine_can_be_checked(place):
    assert place().desk.check()
