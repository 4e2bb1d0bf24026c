"""The window as people use it: real keys, real clicks, scans over sheets and refusals, notices, signing in and out."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

from app.core.messages import Code, Cue, say
from app.core.outcome import Changes, Outcome
from app.core.scan import ScanInput, ScanSource
from app.core.views import HomeView, NoticeCard, SignInView
from app.screens.preferences import Preferences
from app.ui.application import UiServices, Workers, assemble, first_screen
from app.ui.bridge import Bridge
from app.ui.wedge_filter import Wedge
from devices.codecs.layouts import symptom
from devices.wedge import Key, KeyBurst
from tools.shots import AtOnce, Kept
from tools.shots_data import ORDERS, PICK
from tools.shots_devices import fault
from tools.shots_goods import BOSS, DEVICES, JOBS, LEMON, OFFLINE, ONLINE, PACKER, PEOPLE, PICKER
from tools.shots_pack import BENCH, CARTON, PACK

WRONG = say(Code.WRONG_ITEM, scanned="FH1001", needed="FH1000")


class Heard:
    """A sound card that remembers."""

    available = True

    def __init__(self):
        self.cues = []
        self.volume = None
        self.stopped = False

    def play(self, cue):
        self.cues.append(cue)

    def set_volume(self, volume):
        self.volume = volume

    def stop(self):
        self.stopped = True


class Clock:
    now = 100.0

    def mono(self):
        return self.now


class Floor:
    """All services of a window, by name of the call; what was called is kept."""

    def __init__(self):
        self.calls = []
        self.cards = ()
        self.views = {"home": HomeView(PICKER, JOBS, ("pick", "settings"), say(Code.TAKE_NEXT_WORK)), "pick": None}
        self.message = None

    def service(self, name):
        return Service(self, name)


class Service:
    def __init__(self, floor, name):
        self._floor, self._name = floor, name

    def __getattr__(self, call):
        def answer(*args):
            floor = self._floor
            if call != "view":
                floor.calls.append((self._name, call, *args))
            message, floor.message = floor.message, None
            return Outcome("", floor.views.get(self._name), message)

        return answer

    def waiting(self):
        return self._floor.cards

    def servers(self):
        return ()

    def acknowledge(self, *args):
        self._floor.calls.append((self._name, "acknowledge", *args))
        if self._name == "notices":
            self._floor.cards = tuple(c for c in self._floor.cards if c.id != args[0])
            return self._floor.cards
        return Outcome("", self._floor.views.get(self._name))


@pytest.fixture
def floor():
    return Floor()


@pytest.fixture
def heard():
    return Heard()


@pytest.fixture
def answers():
    return []


@pytest.fixture
def kept():
    return Kept(Preferences())


@pytest.fixture
def open_shell(qtbot, floor, heard, answers, kept):
    shells = []

    def build(person=PICKER, desk=False, paired=True, store=None):
        floor.views["sign_in"] = SignInView(recent=PEOPLE, person=person)
        s = floor.service
        services = UiServices(
            s("sign_in"), s("home"), s("pick"), s("pack"), s("orders"), s("notices"), None if paired else s("pairing")
        )
        wedge = Wedge(KeyBurst(), Key, symptom)
        shell = assemble(
            services, kept, Clock(), Bridge(), Workers(store or AtOnce(), AtOnce()), heard, wedge,
            on_answer=lambda device, tone: answers.append((device, tone)),
        )  # fmt: skip
        shells.append(shell)
        (shell.show_desk if desk else shell.show_handheld)()
        return shell

    yield build
    for shell in shells:
        shell.close()
        shell.deleteLater()


@pytest.fixture
def shell(open_shell, floor):
    floor.views["pick"] = PICK
    return open_shell()


def key(shell, code, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(shell.windowHandle(), code, modifier)


def scan(shell, text="9501101000008", at=200.0):
    shell.on_scan(ScanInput(text, at, device="ser:1"))


@pytest.mark.parametrize(
    ("person", "desk", "screen"),
    [(PICKER, False, "home"), (PACKER, True, "pack"), (BOSS, True, "orders"), (BOSS, False, "home")],
)
def test_each_role_begins_at_its_own_screen(open_shell, floor, person, desk, screen):
    floor.views.update(pack=BENCH, orders=ORDERS)
    assert open_shell(person, desk).screen_name() == screen
    assert first_screen(person, desk=desk) == screen


def test_an_interrupted_pick_goes_on_where_it_was(open_shell, floor):
    floor.views["pick"] = PICK
    assert open_shell(PICKER).screen_name() == "pick"


class WhenAsked:
    """A worker that is busy with something else until it is told to go on."""

    def __init__(self):
        self._jobs = []

    def submit(self, job, done):
        self._jobs.append((job, done))

    def go_on(self):
        job, done = self._jobs.pop(0)
        done(job())


def test_who_is_recognised_twice_is_not_taken_back_home(open_shell, floor):
    busy = WhenAsked()
    shell = open_shell(None, store=busy)
    floor.views["sign_in"] = SignInView(person=PICKER)
    scan(shell, "B-1004")
    scan(shell, "B-1004", at=201.0)
    busy.go_on()
    assert shell.screen_name() == "home"
    shell.go("pack")
    busy.go_on()
    assert shell.screen_name() == "pack"


def test_a_new_device_begins_with_pairing(open_shell):
    assert open_shell(None, paired=False).screen_name() == "pair"


def test_nobody_is_signed_in_at_first_and_f12_signs_out(open_shell, floor, qtbot):
    shell = open_shell(None)
    assert shell.screen_name() == "signin"
    floor.views["sign_in"] = SignInView(person=PICKER)
    scan(shell, "B-1004")
    assert shell.screen_name() == "home"
    floor.views["sign_in"] = SignInView()
    key(shell, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: shell.screen_name() == "signin", timeout=20_000)
    assert ("sign_in", "sign_out") in floor.calls


@pytest.mark.parametrize(
    ("code", "call"),
    [(Qt.Key.Key_F2, "ask_short"), (Qt.Key.Key_F3, "skip"), (Qt.Key.Key_F6, "undo"), (Qt.Key.Key_F8, "leave")],
)
def test_function_keys_act(shell, floor, code, call):
    key(shell, code)
    assert floor.calls == [("pick", call)]


def test_a_click_acts_like_its_key(shell, floor, qtbot):
    qtbot.mouseClick(shell.chrome.act_row.buttons[0], Qt.MouseButton.LeftButton)
    assert floor.calls == [("pick", "ask_short")]


def test_what_is_off_stays_off_by_key_click_and_press(shell, floor, qtbot):
    floor.views["pick"] = replace(PICK, can_short=False)
    shell.on_changes(Changes(frozenset({"work"})))
    key(shell, Qt.Key.Key_F2)
    qtbot.mouseClick(shell.chrome.act_row.buttons[0], Qt.MouseButton.LeftButton)
    shell.press("short")
    assert floor.calls == []


def test_a_refusal_stays_is_heard_and_never_opens_a_box(shell, floor, heard):
    floor.message = WRONG
    floor.views["pick"] = replace(PICK, scanned=LEMON)
    scan(shell)
    assert shell.chrome.panel.isVisible()
    assert not shell.chrome.prompt.isVisible()
    assert heard.cues == [Cue.WRONG_ITEM]
    assert not [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) or (w.isModal() and w.isVisible())]
    floor.message = say(Code.UNIT_COUNTED, n=3, of=5)
    scan(shell)
    assert not shell.chrome.panel.isVisible()
    assert shell.chrome.prompt.isVisible()
    assert shell.chrome.toast.text == "3 of 5"


def test_enter_acknowledges_a_refusal(shell, floor):
    floor.message = WRONG
    scan(shell)
    key(shell, Qt.Key.Key_Return)
    assert not shell.chrome.panel.isVisible()
    assert floor.calls[-1] == ("pick", "acknowledge")


def test_the_scanner_hears_how_its_scan_was_answered(shell, floor, answers):
    floor.message = WRONG
    scan(shell)
    scan(shell)
    assert answers == [("ser:1", WRONG.look.tone), ("ser:1", None)]


def test_an_answer_that_has_been_painted_has_its_figure(shell, qtbot):
    shell._clock.now = 200.25
    for _ in range(3):
        scan(shell, at=200.0)
    qtbot.waitUntil(lambda: len(shell.latencies()) == 3, timeout=20_000)
    assert shell.latencies() == [pytest.approx(250)] * 3
    assert shell.answered() == 3


def test_more_help_and_typing_slide_over_and_any_scan_closes_them(shell, floor):
    for code, face in ((Qt.Key.Key_F10, "more"), (Qt.Key.Key_F1, "help"), (Qt.Key.Key_F9, "type")):
        key(shell, code)
        assert shell.chrome.sheet.face == face
        scan(shell)
        assert not shell.chrome.sheet.isVisible()
    assert [call[1] for call in floor.calls] == ["on_scan"] * 3
    key(shell, Qt.Key.Key_F1)
    key(shell, Qt.Key.Key_Escape)
    assert not shell.chrome.sheet.isVisible()


def test_more_offers_what_there_was_no_room_for(shell, floor, qtbot):
    key(shell, Qt.Key.Key_F10)
    intents = [b.intent for b in shell.chrome.sheet._acts.buttons]
    assert intents == ["undo", "leave", "type", "help", "settings", "sign_out"]
    qtbot.mouseClick(shell.chrome.sheet._acts.buttons[0], Qt.MouseButton.LeftButton)
    assert floor.calls == [("pick", "undo")]
    assert not shell.chrome.sheet.isVisible()


def test_a_code_can_be_typed_when_its_label_cannot_be_read(shell, floor):
    key(shell, Qt.Key.Key_F9)
    shell.activateWindow()
    line = shell.chrome.sheet._keypad.line
    line.setFocus()
    QTest.keyClicks(line, "A-12-03")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert [(c[2].text, c[2].source) for c in floor.calls] == [("A-12-03", ScanSource.TYPED)]
    assert not shell.chrome.sheet.isVisible()


def test_a_code_can_be_typed_without_a_keyboard(shell, floor, qtbot):
    key(shell, Qt.Key.Key_F9)
    pad = shell.chrome.sheet._keypad

    def press(face):
        button = next(b for b in pad._keys.buttons if b.accessibleName() == face)
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    for face in ("abc", "T", "123", "-", "4", "5", "back", "ok"):
        press(face)
    assert floor.calls[0][2].text == "T-4"


def test_number_keys_choose_boxes(open_shell, floor, qtbot):
    floor.views["pack"] = CARTON
    shell = open_shell(PACKER, desk=True)
    key(shell, Qt.Key.Key_2)
    qtbot.waitUntil(lambda: floor.calls == [("pack", "choose_carton", "M2")], timeout=20_000)


def send_burst(shell, text, start, gap=3):
    """What a keyboard wedge does, with the timestamps of the window system."""
    from PySide6.QtGui import QKeyEvent

    window: QWindow = shell.windowHandle()
    stamp = start
    for char in (*text, "\r"):
        code = Qt.Key.Key_Return if char == "\r" else Qt.Key(ord(char.upper()))
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, code, Qt.KeyboardModifier.NoModifier, char)
            event.setTimestamp(stamp)
            QApplication.sendEvent(window, event)
        stamp += gap
    return stamp


def test_a_scanner_that_types_is_a_scan_and_reaches_no_entry_line(shell, floor):
    key(shell, Qt.Key.Key_F9)
    send_burst(shell, "9501101000008", 5_000)
    assert [(c[1], c[2].text, c[2].source) for c in floor.calls] == [("on_scan", "9501101000008", ScanSource.WEDGE)]
    assert shell.chrome.sheet._keypad.line.text() == ""


def test_a_scan_garbled_by_the_keyboard_layout_says_what_to_set(shell, floor):
    send_burst(shell, "çéà&&à&ààààà(", 5_000)
    assert [c[1] for c in floor.calls] == ["on_scan"]
    assert shell.chrome.refusal.message == say(Code.KEYBOARD_LAYOUT, layout="AZERTY")


def test_an_aim_identifier_in_front_is_taken_off(shell, floor):
    send_burst(shell, "]C10095011010000083", 5_000)
    assert (floor.calls[0][2].symbology, floor.calls[0][2].text) == ("]C1", "0095011010000083")


def test_typing_at_a_persons_pace_is_no_scan_and_loses_no_key(shell, floor, qtbot):
    shell.press("type")
    shell.activateWindow()
    line = shell.chrome.sheet._keypad.line
    line.setFocus()
    send_burst(shell, "A1203", 5_000, gap=140)
    qtbot.waitUntil(lambda: bool(floor.calls), timeout=20_000)
    assert [(c[2].text, c[2].source) for c in floor.calls] == [("A1203", ScanSource.TYPED)]


def test_function_keys_pass_the_wedge_filter(shell, floor):
    send_burst(shell, "9501101000008", 5_000)
    key(shell, Qt.Key.Key_F3)
    assert [c[1] for c in floor.calls] == ["on_scan", "skip"]


@pytest.mark.parametrize(("card", "face"), [("FH:HELP", "help"), ("fh:more", "more"), ("FH:TYPE", "type")])
def test_command_cards_open_sheets(shell, card, face):
    scan(shell, card)
    assert shell.chrome.sheet.face == face
    assert shell.answered() == 1


def test_a_command_card_signs_out(shell, floor):
    floor.views["sign_in"] = SignInView()
    scan(shell, "FH:SIGNOUT")
    assert shell.screen_name() == "signin"


def test_an_instruction_of_the_centre_waits_until_it_is_read(shell, floor, heard):
    floor.cards = (
        NoticeCard(1, say(Code.PUT_BACK, qty=2, sku="FH1", bin="B-1")),
        NoticeCard(2, say(Code.COUNT_BIN, bin="C-1", sku="FH2")),
    )
    shell.on_changes(Changes(frozenset({"status"})))
    assert heard.cues == [Cue.CALL, Cue.CALL]
    assert shell.chrome.refusal.message.code is Code.PUT_BACK
    scan(shell)
    assert shell.chrome.refusal.message.code is Code.PUT_BACK
    shell.press("ok")
    assert ("notices", "acknowledge", 1) in floor.calls
    assert shell.chrome.refusal.message.code is Code.COUNT_BIN
    shell.press("ok")
    assert shell.chrome.refusal is None
    shell.on_changes(Changes(frozenset({"status"})))
    assert heard.cues == [Cue.CALL, Cue.CALL]


def test_a_refusal_comes_before_an_instruction(shell, floor):
    floor.cards = (NoticeCard(1, say(Code.PUT_BACK, qty=2, sku="FH1", bin="B-1")),)
    shell.on_changes(Changes(frozenset({"status"})))
    floor.message = WRONG
    scan(shell)
    assert shell.chrome.refusal.message.code is Code.WRONG_ITEM
    shell.press("ok")
    assert shell.chrome.refusal.message.code is Code.PUT_BACK


def test_news_of_the_world_is_said_once_and_moves_nothing(shell, heard):
    prompt = shell.chrome.prompt.geometry()
    shell.on_notice(say(Code.CENTRE_AWAY))
    assert shell.chrome.refusal is None
    assert shell.chrome.toast.isVisible()
    assert not shell.chrome.toast.geometry().intersects(prompt)
    assert shell.chrome.prompt.geometry() == prompt
    assert heard.cues == [Cue.AWAY]


def test_something_that_broke_inside_is_told_calmly(shell):
    shell.on_fault()
    assert shell.chrome.refusal.message.code is Code.SOMETHING_BROKE
    shell.press("ok")
    assert shell.chrome.refusal is None


def chips(shell):
    return [chip.text for chip in shell.chrome.strip.chips.chips]


def test_the_strip_tells_connection_waiting_and_age(shell):
    shell.on_link(ONLINE)
    assert chips(shell)[:1] == ["Online"]
    shell.on_link(OFFLINE)
    assert chips(shell)[:3] == ["Offline 6 min", "12 waiting", "Data 6 min old"]
    shell._clock.now += 120
    shell._show_chips()
    assert chips(shell)[0] == "Offline 8 min"
    shell.on_link(replace(ONLINE, catching_up=True))
    assert chips(shell)[0] == "Catching up"


def test_a_handheld_only_shows_devices_that_are_not_fine(shell, open_shell, floor, heard):
    shell.on_devices(DEVICES)
    assert "Scanner" not in chips(shell)
    away = (replace(DEVICES[0], ready=False, message=fault("Handheld", "absent", "plug_in")), *DEVICES[1:])
    shell.on_devices(away)
    shell.on_devices(away)
    assert "Scanner: unplugged" in chips(shell)
    assert heard.cues == [Cue.WARN]
    assert shell.chrome.toast.text == "Handheld: unplugged. Plug it in and switch it on."


def test_a_desk_shows_all_devices_with_what_they_read(open_shell, floor):
    floor.views["pack"] = BENCH
    shell = open_shell(PACKER, desk=True)
    shell.on_devices(DEVICES)
    assert chips(shell) == ["Scanner", "Scale 1.846 kg", "Printer"]


def test_settings_change_the_window_at_once_and_lead_back(shell, kept, qtbot):
    key(shell, Qt.Key.Key_F11)
    qtbot.waitUntil(lambda: shell.screen_name() == "settings", timeout=20_000)
    shell.press("language:da")
    shell.press("theme:light")
    shell.press("size:up")
    shell.press("hand:left")
    assert shell.chrome.strip.title == "Indstillinger"
    assert shell._skin.theme == "light"
    assert shell._skin.scale == 1.2
    assert shell.chrome.act_row.mirrored
    assert kept.load() == Preferences("da", "light", 120, "left")
    key(shell, Qt.Key.Key_Escape)
    assert shell.screen_name() == "pick"
    assert shell.chrome.prompt.text == "Scan 3 til"


def test_a_person_is_spoken_to_in_their_language(open_shell, floor):
    shell = open_shell(replace(PICKER, language="nl"))
    assert shell.chrome.prompt.text == "Pak het volgende werk"


def test_a_window_made_wide_becomes_a_desk_and_back(shell):
    assert not shell.chrome.desk
    shell.resize(1280, 800)
    assert shell.chrome.desk
    assert shell.chrome.prompt._buttons
    shell.resize(480, 800)
    assert not shell.chrome.desk
    assert [b.intent for b in shell.chrome.act_row.buttons] == ["short", "skip", "more"]


def test_the_left_hand_has_the_first_act_at_the_right(shell):
    shell.chrome.mirror(left_hand=True)
    xs = [b.x() for b in shell.chrome.act_row.buttons]
    assert xs == sorted(xs, reverse=True)


def test_waiting_is_put_into_words_only_after_a_moment(shell, qtbot):
    bar = shell.chrome.prompt
    bar.show_waiting("Looking")
    assert bar.text == "Scan 3 more"
    qtbot.waitUntil(lambda: bar.text == "Looking", timeout=20_000)
    bar.show_waiting("")
    assert bar.text == "Scan 3 more"


def test_a_weight_is_for_the_bench_whatever_screen_is_in_front(open_shell, floor):
    floor.views["pack"] = PACK
    shell = open_shell(PACKER, desk=True)
    assert shell.service_view() is PACK


def test_closing_the_window_ends_sound_and_timers(open_shell, heard):
    shell = open_shell()
    shell.close()
    assert heard.stopped
