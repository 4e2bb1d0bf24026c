"""The device set-up screen without Qt: find, give a role, test, take back, and words for what is wrong."""

from dataclasses import replace

import pytest

from app.core.messages import Code, Tone, say
from app.core.scan import ScanInput
from app.screens.devices.port import DeskView, Finding, FoundCard
from app.screens.devices.presenter import DevicesPresenter
from app.screens.words import Word
from tools.shots_devices import (
    AZERTY_SCAN,
    BENCH_SCALE,
    CORDED,
    FAULTY,
    FINDINGS,
    FOUND_PORT,
    FOUND_ZEBRA,
    GS1_SCAN,
    WEDGE,
    WORKING,
    ZEBRA,
    fault,
)
from tools.shots_goods import BOSS, PACKER, PICKER


class FakeDesk:
    """Devices that do what they are told, and remember it."""

    def __init__(self, view=WORKING):
        self.now = view
        self.facts = GS1_SCAN
        self.identified = FOUND_ZEBRA
        self.answer = say(Code.DEVICE_IN_USE, device="x")
        self.queued = None
        self.calls = []

    def view(self):
        return self.now

    def identify(self, address):
        self.calls.append(("identify", address))
        return self.identified

    def print_test(self, key):
        self.calls.append(("print_test", key))
        return self.queued

    def check(self):
        return FINDINGS

    def read(self, text, symbology, device):
        return self.facts

    def __getattr__(self, name):
        def call(*args):
            self.calls.append((name, *args))
            return self.answer

        return call


@pytest.fixture
def desk():
    return FakeDesk()


@pytest.fixture
def person():
    return [PACKER]


@pytest.fixture
def screen(around, desk, person):
    presenter = DevicesPresenter(around.stage, desk, lambda: person[0])
    presenter.enter()
    around.run()
    desk.calls.clear()
    return presenter


def intents(state):
    return [act.intent for act in state.frame.actions]


def act(screen, around, *names):
    for name in names:
        screen.on_intent(name)
        # What the network answered makes the store be asked once more.
        while around.store.jobs or around.network.jobs:
            around.run()
    return around.state


def test_only_while_somebody_looks_every_change_is_told(around, desk):
    presenter = DevicesPresenter(around.stage, desk, lambda: PACKER)
    presenter.enter()
    presenter.leave()
    assert desk.calls == [("watch", True), ("watch", False)]


def test_the_list_has_a_key_for_each_device_and_a_way_back(screen, around):
    keys = {choice.intent: choice.key for choice in around.state.frame.choices}
    assert keys[f"open:{CORDED.key}"] == "1"
    assert keys[f"found:{FOUND_ZEBRA.key}"] == "5"
    assert {"search", "hand", "check", "leave"} <= set(intents(around.state))
    act(screen, around, "back")
    assert around.went == ["settings"]


def test_nothing_there_says_what_to_do(around, desk):
    desk.now = DeskView((WEDGE,))
    DevicesPresenter(around.stage, desk, lambda: None).enter()
    around.run()
    assert around.state.frame.prompt.word is Word.DEVICES_PROMPT_NONE


def test_searching_is_asked_for_by_a_press_and_shown_while_it_lasts(screen, around, desk):
    assert ("search",) not in desk.calls
    desk.now = replace(WORKING, searching=True)
    state = act(screen, around, "search")
    assert ("search",) in desk.calls
    assert state.frame.busy.word is Word.SEARCHING


def test_a_found_device_gets_a_role_and_is_open_for_its_test(screen, around, desk):
    state = act(screen, around, f"found:{FOUND_ZEBRA.key}")
    assert (state.page, state.candidate) == ("role", FOUND_ZEBRA)
    assert [c.intent for c in state.frame.choices] == [
        "take:scanner",
        "take:scale",
        "take:label-printer",
        "take:paper-printer",
    ]
    taken = replace(ZEBRA, key=FOUND_ZEBRA.key, name="Zebra ZD621")
    desk.now = DeskView((*WORKING.devices, taken), (FOUND_PORT,))
    state = act(screen, around, "take:label-printer")
    assert desk.calls == [("use", FOUND_ZEBRA, "label-printer")]
    assert (state.page, state.device) == ("device", taken)
    assert around.said[-1].code is Code.DEVICE_IN_USE


def test_a_device_that_cannot_be_used_stays_a_candidate_and_the_reason_stays(screen, around, desk):
    desk.answer = say(Code.DEVICE_TAKEN, device="Bench scale")
    state = act(screen, around, f"found:{FOUND_PORT.key}", "take:scale")
    assert (state.page, state.candidate) == ("role", FOUND_PORT)
    assert state.frame.refusal.message.code is Code.DEVICE_TAKEN
    assert act(screen, around, "ok").frame.refusal is None


def test_an_address_typed_by_hand_is_asked_who_it_is(screen, around, desk):
    assert act(screen, around, "hand").page == "type"
    screen.on_intent("typed:10.0.0.12")
    assert around.state.frame.busy.word is Word.ASKING_DEVICE
    around.run()
    assert desk.calls == [("identify", "10.0.0.12")]
    assert around.state.page == "role"
    assert around.state.candidate is FOUND_ZEBRA


def test_nobody_has_to_wait_for_a_silent_port(screen, around, desk):
    act(screen, around, "hand")
    screen.on_intent("typed:/dev/ttyS0")
    assert intents(around.state)[0] == "stop"
    screen.on_intent("typed:/dev/ttyS0")
    assert len(around.network.jobs) == 1
    screen.on_intent("stop")
    assert desk.calls == [("stop_asking",)]
    screen.on_intent("back")
    around.run()
    assert around.state.page == "list"
    act(screen, around, "hand", "back")
    assert desk.calls.count(("stop_asking",)) == 2


def test_an_address_that_is_none_stays_to_be_corrected(screen, around, desk):
    desk.identified = say(Code.ADDRESS_WRONG, text="10.0.0")
    state = act(screen, around, "hand", "typed:10.0.0")
    assert state.page == "type"
    assert state.frame.refusal.message.code is Code.ADDRESS_WRONG
    assert state.frame.busy is None


def test_nobody_answers_and_it_can_be_used_all_the_same(screen, around, desk):
    desk.identified = FoundCard("net:10.0.0.5:9100", "10.0.0.5", "tcp://10.0.0.5:9100")
    assert act(screen, around, "hand", "typed:10.0.0.5").candidate.ways == ()
    act(screen, around, "take:label-printer")
    assert desk.calls[-1] == ("use", desk.identified, "label-printer")


@pytest.mark.parametrize(
    ("card", "first"), [(BENCH_SCALE, "zero"), (ZEBRA, "print"), (CORDED, "up")], ids=["scale", "printer", "scanner"]
)
def test_each_role_has_its_test_first(screen, around, card, first):
    state = act(screen, around, f"open:{card.key}")
    assert intents(state)[0] == first
    assert "up" in intents(state)[:2]
    assert {"role", "remove", "save"} <= set(intents(state))


def test_a_scale_shows_what_it_says_as_it_changes(screen, around, desk):
    act(screen, around, f"open:{BENCH_SCALE.key}", "zero")
    assert desk.calls == [("zero", BENCH_SCALE.key)]
    moving = replace(BENCH_SCALE, weight=replace(BENCH_SCALE.weight, state="unstable"))
    desk.now = DeskView((moving,))
    screen.on_desk()
    around.run()
    assert around.state.device.weight.state == "unstable"


def test_a_test_label_is_asked_about_and_a_yes_ends_it(screen, around, desk):
    act(screen, around, f"open:{ZEBRA.key}", "print")
    assert desk.calls == [("print_test", ZEBRA.key)]
    desk.now = DeskView((replace(ZEBRA, test="printing"),))
    screen.on_desk()
    around.run()
    act(screen, around, "print")
    assert len(desk.calls) == 1  # one at a time
    desk.now = DeskView((replace(ZEBRA, test="unsure"),))
    screen.on_desk()
    around.run()
    assert around.state.frame.prompt.word is Word.DID_IT_COME_OUT
    assert intents(around.state)[:2] == ["yes", "no"]
    state = act(screen, around, "yes")
    assert (state.verdict, around.said[-1].code) == ("yes", Code.TEST_LABEL_FINE)
    assert intents(state)[0] == "print"


def test_a_label_that_did_not_come_out_says_what_to_look_at(screen, around, desk):
    desk.now = DeskView((replace(ZEBRA, test="printed"),))
    screen.on_desk()
    around.run()
    state = act(screen, around, f"open:{ZEBRA.key}", "no")
    assert state.verdict == "no"
    assert state.frame.refusal.message.code is Code.TEST_LABEL_MISSING


def test_yes_without_a_label_means_nothing(screen, around, desk):
    state = act(screen, around, f"open:{ZEBRA.key}", "yes")
    assert state.verdict == ""


def test_the_label_scanned_back_proves_printer_and_scanner(screen, around, desk):
    desk.now = DeskView((replace(ZEBRA, test="unsure"), CORDED))
    screen.on_desk()
    around.run()
    act(screen, around, f"open:{ZEBRA.key}")
    screen.on_scan(ScanInput("FLOORHAND-TEST", around.clock.now, device=CORDED.key))
    around.run()
    assert around.state.verdict == "read"
    assert around.state.device.key == ZEBRA.key
    assert around.answered[-1][1].code is Code.TEST_LABEL_READ


def test_a_label_that_cannot_be_queued_says_why(screen, around, desk):
    desk.queued = say(Code.STORAGE_FULL)
    state = act(screen, around, f"open:{ZEBRA.key}", "print")
    assert state.frame.refusal.message.code is Code.STORAGE_FULL


@pytest.mark.parametrize(("source", "key"), [(CORDED.key, CORDED.key), ("keyboard", WEDGE.key), ("", WEDGE.key)])
def test_a_scan_opens_the_scanner_that_read_it_and_shows_what_it_says(screen, around, source, key):
    screen.on_scan(ScanInput("0109501101530003", around.clock.now, "]d2", device=source))
    around.run()
    assert (around.state.page, around.state.device.key) == ("device", key)
    assert around.state.scan is GS1_SCAN
    assert around.answered[-1][1].look.tone is Tone.GOOD


def test_a_keyboard_of_another_country_is_named(screen, around, desk):
    desk.facts = AZERTY_SCAN
    screen.on_scan(ScanInput("çé(à", around.clock.now, device="keyboard"))
    around.run()
    assert around.state.scan.trouble.words == {"layout": "AZERTY"}
    assert around.answered[-1][1].look.tone is Tone.WARN


def test_what_one_scanner_read_is_not_shown_under_another(screen, around):
    screen.on_scan(ScanInput("1", around.clock.now, device=CORDED.key))
    around.run()
    assert act(screen, around, f"open:{WEDGE.key}").scan is None


def test_removing_can_be_taken_back(screen, around, desk):
    desk.answer = say(Code.DEVICE_REMOVED, device="Bench scale")
    state = act(screen, around, f"open:{BENCH_SCALE.key}", "remove")
    assert desk.calls == [("remove", BENCH_SCALE.key)]
    assert (state.page, intents(state)[0]) == ("list", "restore")
    desk.answer = say(Code.DEVICE_IN_USE, device="Bench scale")
    state = act(screen, around, "restore")
    assert desk.calls[-1] == ("restore",)
    assert "restore" not in intents(state)


def test_the_keyboard_cannot_be_removed(screen, around, desk):
    state = act(screen, around, f"open:{WEDGE.key}", "remove")
    assert desk.calls == []
    assert not {"remove", "role", "save"} & set(intents(state))


def test_another_role_for_a_device_in_use(screen, around, desk):
    state = act(screen, around, f"open:{CORDED.key}", "role")
    assert state.page == "role"
    assert act(screen, around, "back").device.key == CORDED.key
    act(screen, around, "role", "take:scale")
    assert desk.calls == [("change_role", CORDED.key, "scale")]
    assert around.state.page == "device"


def test_another_language_for_a_device_that_is_not_understood(screen, around, desk):
    state = act(screen, around, f"open:{BENCH_SCALE.key}", "language")
    assert state.page == "speak"
    assert [c.intent for c in state.frame.choices][:2] == ["speak:mt-sics", "speak:toledo-8217"]
    assert act(screen, around, "back").page == "device"
    state = act(screen, around, "language", "speak:klingon", "speak:nci")
    assert desk.calls == [("speak", BENCH_SCALE.key, "nci")]
    assert state.page == "device"
    assert act(screen, around, f"open:{CORDED.key}", "language").page == "device"


def test_trouble_is_the_prompt_and_trying_again_the_first_act(screen, around, desk):
    desk.now = FAULTY
    screen.on_desk()
    around.run()
    state = act(screen, around, f"open:{ZEBRA.key}")
    assert state.frame.prompt == fault("Zebra ZD421", "media-empty", "labels")
    assert intents(state)[:2] == ["retry", "up"]
    act(screen, around, "retry")
    assert desk.calls == [("retry", ZEBRA.key)]


@pytest.mark.parametrize(
    ("reason", "helps", "first"), [("denied", "join_dialout", "check"), ("wrong-dialect", "dialect", "language")]
)
def test_the_act_that_helps_comes_first(screen, around, desk, reason, helps, first):
    bad = replace(BENCH_SCALE, link="trouble", trouble=fault("Bench scale", reason, helps))
    desk.now = DeskView((bad,))
    screen.on_desk()
    around.run()
    acts = intents(act(screen, around, f"open:{bad.key}"))
    assert acts[:2] == [first, "up"]
    assert acts.count(first) == 1
    assert {"retry", "zero", "remove"} <= set(acts)


def test_a_warning_does_not_stop_the_test(screen, around, desk):
    desk.now = FAULTY
    screen.on_desk()
    around.run()
    low = FAULTY.devices[3]
    assert intents(act(screen, around, f"open:{low.key}"))[0] == "print"


def test_a_device_that_has_gone_leads_back_to_the_list(screen, around, desk):
    act(screen, around, f"open:{ZEBRA.key}")
    desk.now = DeskView((WEDGE,))
    screen.on_desk()
    around.run()
    assert around.state.page == "list"


def test_traffic_is_saved_and_the_place_of_the_file_stays_on_the_screen(screen, around, desk):
    desk.answer = say(Code.TRAFFIC_SAVED, file="/data/evidence/zebra.toml")
    state = act(screen, around, f"open:{ZEBRA.key}", "save")
    assert state.frame.refusal.message.words["file"].endswith("zebra.toml")


def test_the_check_of_this_computer(screen, around):
    screen.on_intent("check")
    assert around.state.frame.busy.word is Word.CHECKING_COMPUTER
    around.run()
    assert around.state.findings == FINDINGS
    assert not all(finding.good for finding in around.state.findings)
    assert isinstance(around.state.findings[0], Finding)
    assert act(screen, around, "back").page == "list"


@pytest.mark.parametrize("who", [PACKER, BOSS, None])
def test_who_may_change_what_a_station_uses(screen, around, person, who):
    person[0] = who
    assert "hand" in intents(act(screen, around, "up"))


def test_a_picker_looks_and_tests_but_changes_nothing(screen, around, desk, person):
    person[0] = PICKER
    state = act(screen, around, f"found:{FOUND_ZEBRA.key}", "hand", "up")
    assert state.page == "list"
    assert "hand" not in intents(state)
    state = act(screen, around, f"open:{ZEBRA.key}", "remove", "role", "print")
    assert desk.calls == [("print_test", ZEBRA.key)]
    assert not {"remove", "role"} & set(intents(state))


def test_scans_from_before_the_screen_are_not_for_it(screen, around):
    screen.on_scan(ScanInput("old", around.clock.now - 1, device=CORDED.key))
    around.run()
    assert around.state.page == "list"


def test_a_fault_inside_ends_the_waiting(screen, around):
    screen.on_intent("hand")
    screen.on_intent("typed:10.0.0.1")
    screen.on_fault()
    assert around.state.frame.busy is None
