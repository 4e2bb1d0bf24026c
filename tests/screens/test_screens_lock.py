"""The idle lock in a real window on a real store and real argon2: what is asked, who gets in, and what becomes of the work."""

import time

import msgspec
import pytest
from argon2 import PasswordHasher
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.core.messages import Code, say
from app.core.outcome import Changes, Outcome
from app.core.scan import ScanInput
from app.core.views import HomeView, LinkStatus
from app.screens.preferences import Preferences
from app.screens.words import Word
from app.services.gate import Gate
from app.services.ports import CentreAway, CentreRefused
from app.services.signin import SignInService
from app.store.store import Store
from app.store.sync_ports import sync_ports
from app.store.verifier import Argon2Verifier
from app.ui.acts import behind_more
from app.ui.application import UiServices, Workers, assemble
from app.ui.bridge import Bridge
from sync.client.ports import Identity
from sync.contract import proof
from sync.contract.codes import ErrorCode, Role
from sync.contract.rows import ENTITIES, WorkerRow
from sync.contract.wire import Change, PullReply, SessionReply
from tools.shots import AtOnce, Kept, NoSound
from tools.shots_data import PICK
from tools.shots_goods import JOBS, PICKER

ADA, BO = ("w-ada", "17", "Ada", "B-ADA", "1234"), ("w-bo", "18", "Bo", "B-BO", "4321")
_hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


class Clock:
    now = 1000.0

    def mono(self):
        return self.now

    def wall_ms(self):
        return round(self.now * 1000)

    def boot_id(self):
        return "boot"


class Centre:
    """Knows two people; may be away."""

    away = False
    given_back = ()

    def sign_in(self, *, badge=None, number=None, pin=None, timeout_s):
        if self.away:
            raise CentreAway
        for id, no, name, code, secret in (ADA, BO):
            if badge == code or (number, pin) == (no, secret):
                hashed = _hasher.hash(proof.presented("dev-1", badge=badge, number=number, pin=pin))
                return SessionReply(
                    session=f"s-{no}", worker=id, name=name, number=no, roles=[Role.PICKER], language="en",
                    offline_verifier=hashed, offline_ttl_s=3600, epoch=1, server_time="", trust_n=1,
                )  # fmt: skip
        raise CentreRefused(ErrorCode.WRONG_PIN, "4 left")

    def give_back(self, lease_ids, timeout_s):
        self.given_back = lease_ids


class Canned:
    """The other services: what they show, and what was asked of them."""

    def __init__(self, view):
        self.now, self.calls = view, []

    def __getattr__(self, name):
        def call(*args):
            if name != "view":
                self.calls.append((name, *args))
            return Outcome("", self.now)

        return call

    def waiting(self):
        return ()


class Pairing:
    """The act of pairing, which succeeds."""

    asked = ()

    def servers(self):
        return ()

    def pair(self, code):
        self.asked = (*self.asked, code)
        return say(Code.PAIRED, site="MAIN")


class Hand:
    """A handheld with its window; switched off and on again by `restart`."""

    def __init__(self, folder, minutes=5.0, desk=False):
        self.folder, self.clock, self.centre = folder, Clock(), Centre()
        self.after_s, self.desk = minutes * 60, desk
        self.pick = Canned(PICK)
        self.pairing = Pairing()
        self.shell = None
        self.restart()

    def restart(self):
        self.off()
        self.store = Store(self.folder, self.clock, reserve_bytes=1024)
        sync_ports(self.store).meta.save_identity(Identity("dev-1", "MAIN", "c", 1, "0" * 64, ("h:1",)))
        gate = Gate(self.store, self.centre, Argon2Verifier())
        home = Canned(HomeView(PICKER, JOBS, ("pick",), say(Code.TAKE_NEXT_WORK)))
        services = UiServices(
            SignInService(self.store, self.centre, gate), home, self.pick, Canned(None), Canned(None), Canned(None),
            pairing=self.pairing, paired=True,
        )  # fmt: skip
        workers = Workers(AtOnce(), AtOnce())
        self.shell = assemble(
            services, Kept(Preferences()), self.clock, Bridge(), workers, NoSound(), lock_after_s=self.after_s
        )
        (self.shell.show_desk if self.desk else self.shell.show_handheld)()

    def off(self):
        if self.shell is not None:
            self.shell.close()
            self.store.close()

    def wait(self, minutes):
        self.clock.now += minutes * 60
        self.shell.idle.look()

    def scan(self, text):
        self.shell.on_scan(ScanInput(text, self.clock.now))

    def tap(self):
        QTest.mouseClick(self.shell.windowHandle(), Qt.MouseButton.LeftButton, pos=QPoint(5, 5))

    @property
    def screen(self):
        return self.shell.screen_name()

    @property
    def state(self):
        return self.shell.presenter.state()

    def who(self):
        with self.store.look() as u:
            person = u.people.signed_in()
            return person and person.name

    def pull(self, *changes):
        ports = sync_ports(self.store)
        cursor = ports.rows.cursor()
        page = PullReply(
            from_=cursor,
            to=f"{len(cursor) + 1}",
            head=1,
            more=False,
            changes=list(changes),
            epoch=1,
            server_time="",
            through=1,
        )
        self.shell.on_changes(Changes(ports.rows.apply_page(page)))


@pytest.fixture
def hand(qapp, tmp_path):
    made = Hand(tmp_path / "data")
    yield made
    made.off()


@pytest.fixture
def ada(hand):
    """Ada is in the middle of a pick."""
    hand.scan("B-ADA")
    assert hand.screen == "pick"
    return hand


def test_after_five_minutes_without_a_touch_the_badge_is_asked_for(ada):
    ada.wait(4.9)
    assert ada.screen == "pick"
    ada.wait(0.2)
    assert (ada.screen, ada.state.locked) == ("signin", True)
    assert ada.state.frame.prompt.code is Code.UNLOCK
    assert ada.state.hint.words == {"name": "Ada"}
    assert ada.who() == "Ada"


@pytest.mark.parametrize("act", [lambda h: h.scan("9501101000008"), lambda h: h.tap()], ids=["scan", "touch"])
def test_a_touch_or_a_scan_starts_the_time_anew(ada, act):
    ada.wait(4.9)
    act(ada)
    ada.wait(4.9)
    assert ada.screen == "pick"
    ada.wait(0.2)
    assert ada.screen == "signin"


def test_a_key_counts_as_a_touch(ada):
    ada.wait(4.9)
    QTest.keyClick(ada.shell.windowHandle(), Qt.Key.Key_Shift)
    ada.wait(4.9)
    assert ada.screen == "pick"


def test_the_first_act_after_a_long_sleep_is_for_the_lock(ada):
    """The timer did not run while the device slept: nobody may slip one scan in before it does."""
    ada.pick.calls.clear()
    ada.clock.now += 3600
    ada.scan("9501101000008")
    assert (ada.screen, ada.state.locked) == ("signin", True)
    assert not [call for call in ada.pick.calls if call[0] == "scan"]


def test_the_own_badge_goes_on_where_it_was(ada):
    ada.wait(6)
    ada.scan("B-ADA")
    assert (ada.screen, ada.who(), ada.shell.locked) == ("pick", "Ada", False)
    ada.wait(4.9)
    assert ada.screen == "pick"


@pytest.mark.parametrize("away", [False, True], ids=["online", "offline"])
def test_the_own_pin_goes_on_too(ada, away):
    ada.scan("B-ADA")
    ada.wait(6)
    if away:
        # The verifier for the PIN is only there when the PIN was used while the centre was there.
        ada.shell.press("recent:17")
        ada.shell.press("typed:1234")
        ada.wait(6)
        ada.centre.away = True
    ada.shell.press("recent:17")
    assert ada.state.page == "pin"
    ada.shell.press("typed:1234")
    assert (ada.screen, ada.who()) == ("pick", "Ada")


def test_offline_the_own_badge_unlocks_and_a_strange_one_does_not(ada):
    ada.centre.away = True
    ada.wait(6)
    ada.scan("B-BO")
    assert (ada.screen, ada.who(), ada.state.locked) == ("signin", "Ada", True)
    ada.scan("B-ADA")
    assert ada.screen == "pick"


@pytest.mark.parametrize("text", ["9501101000008", "FH:OK", "FH:NEXT", "FH:BACK", "B-WRONG"])
def test_nothing_but_a_badge_gets_past_it(ada, text):
    ada.pick.calls.clear()
    ada.wait(6)
    ada.scan(text)
    assert (ada.screen, ada.shell.locked) == ("signin", True)
    assert not ada.pick.calls


@pytest.mark.parametrize("act", ["sign_out", "back", "next", "ok", "door:orders"])
def test_no_button_gets_past_it(ada, act):
    ada.pick.calls.clear()
    ada.wait(6)
    ada.shell.press(act)
    assert (ada.screen, ada.shell.locked, ada.who()) == ("signin", True, "Ada")
    assert not ada.pick.calls


def test_looking_at_the_settings_leads_back_to_the_lock(ada):
    ada.wait(6)
    ada.shell.press("settings")
    ada.shell.press("back")
    assert (ada.screen, ada.shell.locked) == ("signin", True)
    ada.scan("B-ADA")
    assert ada.screen == "pick"


def test_f12_does_nothing_while_it_is_locked(ada):
    ada.wait(6)
    QTest.keyClick(ada.shell.windowHandle(), Qt.Key.Key_F12)
    assert ada.who() == "Ada"


def test_instructions_for_the_person_wait_behind_it(ada):
    ada.wait(6)
    ada.shell.on_notice(say(Code.PUT_BACK, qty=1, bin="A-01", sku="TEA"))
    ada.shell.press("ok")
    assert not ada.shell.chrome.panel.isVisible()
    ada.scan("B-ADA")
    assert ada.shell.chrome.panel.isVisible()


def test_what_opens_meanwhile_waits_behind_it(ada):
    ada.wait(6)
    ada.shell.go("home")
    assert ada.screen == "signin"
    ada.scan("B-ADA")
    assert ada.screen == "home"


def test_another_badge_takes_the_device_over(ada):
    with ada.store.unit() as u:
        u.flows.save("pick", "j1", b"{}") if hasattr(u.flows, "save") else None
    ada.wait(6)
    ada.scan("B-BO")
    assert (ada.who(), ada.shell.person.name, ada.shell.locked) == ("Bo", "Bo", False)
    with ada.store.look() as u:
        assert [p.name for p in u.people.recent()] == ["Bo", "Ada"]


def test_it_holds_over_a_restart(ada):
    ada.wait(6)
    ada.restart()
    assert (ada.screen, ada.state.locked, ada.state.hint.words) == ("signin", True, {"name": "Ada"})
    ada.scan("B-ADA")
    assert ada.screen == "pick"
    ada.restart()
    assert ada.screen == "pick"


def test_nobody_signed_in_is_not_locked(hand):
    hand.wait(60)
    assert (hand.screen, hand.state.locked, hand.shell.locked) == ("signin", False, False)


def test_five_wrong_pins_wipe_what_the_device_knows(ada):
    """Offline, after the fifth wrong one even the right one is not taken: only the centre can let this person in."""
    ada.wait(6)
    ada.shell.press("recent:17")
    ada.shell.press("typed:1234")
    ada.centre.away = True
    ada.wait(6)
    said = []
    for pin in ("0000",) * 5 + ("1234",):
        ada.shell.press("recent:17")
        ada.shell.press(f"typed:{pin}")
        refusal = ada.state.frame.refusal
        said.append((refusal.message.code, refusal.message.words.get("left")) if refusal else None)
        ada.shell.press("ok")
    assert [s[1] for s in said[:4]] == [4, 3, 2, 1]
    assert (ada.screen, ada.shell.locked) == ("signin", True)
    ada.centre.away = False
    ada.shell.press("recent:17")
    ada.shell.press("typed:1234")
    assert ada.screen == "pick"


def test_offline_sign_in_lasts_one_shift(ada):
    ada.centre.away = True
    ada.clock.now += 3601
    ada.shell.idle.look()
    ada.scan("B-ADA")
    assert (ada.screen, ada.shell.locked) == ("signin", True)


def row(trust_n):
    body = WorkerRow(id="w-ada", name="Ada", number="17", roles=[Role.PICKER], trust_n=trust_n)
    name = next(name for name, kind in ENTITIES.items() if kind is WorkerRow)
    return Change(e=name, id="w-ada", v=trust_n + 5, d=msgspec.Raw(msgspec.json.encode(body)))


@pytest.mark.parametrize("locked", [False, True], ids=["at-work", "locked"])
@pytest.mark.parametrize("gone", [False, True], ids=["changed", "dismissed"])
def test_who_may_not_be_here_any_more_is_signed_out_at_once(ada, gone, locked):
    ada.pull(row(1))
    assert ada.who() == "Ada"
    if locked:
        ada.wait(6)
    ada.pull(Change(e=row(2).e, id="w-ada", v=99) if gone else row(2))
    assert (ada.who(), ada.screen, ada.shell.locked, ada.shell.person) == (None, "signin", False, None)
    assert ada.shell.notices.first.code is Code.SIGNED_OUT_BY_CENTRE
    ada.shell.press("ok")
    ada.centre.away = True
    ada.scan("B-ADA")
    assert ada.who() is None


def test_a_desk_waits_longer_and_the_timer_is_a_real_one(qapp, qtbot, tmp_path):
    desk = Hand(tmp_path / "desk", minutes=0.005, desk=True)
    desk.clock.mono = time.monotonic
    desk.shell.idle.touch()
    try:
        desk.scan("B-ADA")
        qtbot.waitUntil(lambda: desk.shell.locked, timeout=5000)
        assert desk.state.locked
    finally:
        desk.off()


@pytest.mark.parametrize("language", ["en", "nl", "de", "da"])
def test_it_speaks_the_language_of_the_device(ada, language):
    ada.wait(6)
    ada.shell.press(f"language:{language}")
    texts = ada.shell._texts
    assert "Ada" in texts.phrase(ada.state.hint)
    assert len({texts.prompt(ada.state.frame.prompt), texts.phrase(ada.state.heading)}) == 2


def test_the_view_behind_it_is_the_one_that_was_there(ada):
    before = ada.shell.service_view()
    ada.wait(6)
    ada.scan("B-ADA")
    assert ada.shell.service_view() == before


@pytest.mark.parametrize(("trouble", "word"), [("revoked", Word.SHUT_OUT), ("wrong_key", Word.PAIR_AGAIN)])
def test_a_device_in_trouble_says_so_and_can_be_paired_again(ada, trouble, word):
    shell = ada.shell
    assert "pair" not in _more(shell)
    shell.on_link(LinkStatus(False, 60, 3, 60, 60, False, trouble))
    assert shell.chrome.strip.chips.chips[0].text == shell._texts.word(word)
    assert "pair" in _more(shell)
    shell.press("pair")
    assert ada.screen == "pair"
    shell.press("back")
    assert ada.screen == "pick"
    shell.press("pair")
    ada.scan("7KQ4-M2XP-9RTD-HW3C")
    assert ada.pairing.asked == ("7KQ4-M2XP-9RTD-HW3C",)
    # Who was at work still is.
    assert (ada.screen, ada.who()) == ("pick", "Ada")


def _more(shell):
    return {a.intent for a in behind_more(shell.presenter.frame(), 0, signed_in=True, pairs_again=shell._pairs_again)}
