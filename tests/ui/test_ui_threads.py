"""What crosses threads: the bridge keeps order and loses nothing, services never run in the GUI thread, sounds never hold it up."""

import sys
import threading
import time
from decimal import Decimal

import pytest

from app.core.messages import Code, Cue, say
from app.core.outcome import Changes, Outcome
from app.core.scan import ScanInput
from app.core.views import PickView
from app.screens.preferences import Preferences
from app.services.api import LabelReport, Weight
from app.ui.application import UiServices, build_shell
from app.ui.bridge import Bridge, ThreadWorker
from app.ui.sound import Sounds, find_player, louder
from tools.shots import Kept, SystemClock
from tools.shots_data import PICK
from tools.shots_goods import DEVICES, ONLINE, PICKER


class Listener:
    """Keeps what it hears, and in which thread."""

    def __init__(self):
        self.heard = []
        self.threads = set()

    def __getattr__(self, name):
        def hear(thing):
            self.heard.append((name, thing))
            self.threads.add(threading.current_thread())

        return hear


@pytest.fixture
def listener(qtbot):
    return Listener()


@pytest.fixture
def bridge(listener):
    bridge = Bridge()
    bridge.listen(listener)
    return bridge


def in_threads(*jobs):
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_scans_of_four_devices_arrive_each_in_its_order_and_none_is_lost(bridge, listener, qtbot):
    def scanner(name):
        for n in range(250):
            bridge.on_scan(ScanInput(str(n), n, device=name))

    in_threads(*(lambda name=name: scanner(name) for name in "abcd"))
    assert listener.heard == []
    qtbot.waitUntil(lambda: len(listener.heard) == 1000, timeout=5000)
    for name in "abcd":
        assert [s.text for _, s in listener.heard if s.device == name] == [str(n) for n in range(250)]
    assert listener.threads == {threading.main_thread()}


def test_of_many_weights_the_newest_arrives(bridge, listener, qtbot):
    in_threads(lambda: [bridge.on_weight(Weight(Decimal(n), True, n)) for n in range(500)])
    qtbot.waitUntil(lambda: bool(listener.heard), timeout=20_000)
    assert [thing.grams for _, thing in listener.heard] == [499]
    bridge.on_weight(Weight(Decimal(7), True, 7))
    qtbot.waitUntil(lambda: len(listener.heard) == 2, timeout=20_000)


def test_everything_else_is_carried(bridge, listener, qtbot):
    things = [
        ("on_label", LabelReport("p", "printed", 3)),
        ("on_link", ONLINE),
        ("on_devices", DEVICES),
        ("on_changes", Changes(frozenset({"job"}))),
        ("on_notice", say(Code.CENTRE_AWAY)),
    ]
    in_threads(lambda: [getattr(bridge, name)(thing) for name, thing in things])
    qtbot.waitUntil(lambda: len(listener.heard) == len(things), timeout=20_000)
    assert listener.heard == things


def test_a_worker_runs_jobs_in_order_elsewhere_and_answers_here(bridge, qtbot):
    faults, ran, answers, told = [], [], [], []
    worker = ThreadWorker(bridge, "store", faults.append)

    def job(n):
        ran.append((n, threading.current_thread().name))
        if n in (3, 4):
            raise ValueError(n)
        return n

    for n in range(6):
        worker.submit(lambda n=n: job(n), answers.append, told.append if n == 4 else None)
    qtbot.waitUntil(lambda: len(answers) == 4 and bool(faults) and bool(told), timeout=20_000)
    worker.stop()
    assert answers == [0, 1, 2, 5]
    assert [n for n, _ in ran] == list(range(6))
    assert all(name.startswith("store") for _, name in ran)
    assert [str(f) for f in faults] == ["3"]
    assert [str(f) for f in told] == ["4"]


def test_what_arrives_after_the_end_is_dropped(bridge, listener, qtbot):
    worker = ThreadWorker(bridge, "store", pytest.fail)
    worker.stop()
    worker.submit(pytest.fail, pytest.fail)
    bridge.on_scan(ScanInput("1", 1.0))
    bridge.stop()
    arrived = []
    bridge.post(lambda: arrived.append(True))
    qtbot.waitUntil(lambda: bool(arrived), timeout=20_000)
    assert listener.heard == []


class Slow:
    """Services that take their time and remember where they ran."""

    def __init__(self):
        self.threads = set()
        self.gate = threading.Event()
        self.scans = 0

    def __getattr__(self, name):
        def call(*args):
            self.threads.add(threading.current_thread())
            if name == "on_scan":
                self.gate.wait(5)
                self.scans += 1
            if name == "waiting":
                return ()
            view: PickView | None = PICK
            return Outcome("", view, say(Code.UNIT_COUNTED, n=1, of=2) if name == "on_scan" else None)

        return call


def test_the_gui_thread_never_runs_a_service_and_stays_awake_while_one_is_busy(qtbot):
    slow = Slow()
    services = UiServices(slow, slow, slow, slow, slow, slow)
    shell = build_shell(services, Kept(Preferences(volume=0)), SystemClock())
    shell._first = "pick"
    shell.set_person(PICKER)
    shell.show_handheld()
    qtbot.waitUntil(lambda: shell.service_view() is PICK, timeout=20_000)
    for n in range(5):
        in_threads(lambda n=n: shell.bridge.on_scan(ScanInput(str(n), time.monotonic())))
    # The first scan is held in the store; keys are answered meanwhile.
    qtbot.waitUntil(lambda: bool(slow.threads), timeout=20_000)
    shell.press("help")
    assert shell.chrome.sheet.isVisible()
    assert shell.answered() == 0
    slow.gate.set()
    qtbot.waitUntil(lambda: shell.answered() == 5 and len(shell.latencies()) == 5, timeout=5000)
    assert threading.main_thread() not in slow.threads
    assert all(figure > 0 for figure in shell.latencies())
    shell.close()


def test_a_fault_in_a_service_is_logged_by_the_bootstrap_and_told_calmly(qtbot):
    class Broken(Slow):
        def __getattr__(self, name):
            if name == "skip":
                return lambda: 1 / 0
            return super().__getattr__(name)

    broken, faults = Broken(), []
    shell = build_shell(UiServices(*[broken] * 6), Kept(Preferences(volume=0)), SystemClock(), on_fault=faults.append)
    shell._first = "pick"
    shell.show_handheld()
    qtbot.waitUntil(lambda: shell.service_view() is PICK, timeout=20_000)
    shell.press("skip")
    qtbot.waitUntil(lambda: bool(faults), timeout=20_000)
    assert isinstance(faults[0], ZeroDivisionError)
    assert shell.chrome.refusal.message.code is Code.SOMETHING_BROKE
    shell.close()


def player(tmp_path, seconds=0.0):
    """A player as a real process of its own: writes what it was given, and plays for a while."""
    script = tmp_path / "player.py"
    script.write_text(
        "import sys, time, pathlib\n"
        f"with pathlib.Path({str(tmp_path / 'played')!r}).open('a') as f:\n"
        "    print(pathlib.Path(sys.argv[1]).stem, pathlib.Path(sys.argv[1]).stat().st_size, file=f, flush=True)\n"
        f"time.sleep({seconds})\n"
    )
    return (sys.executable, str(script))


def played(tmp_path):
    path = tmp_path / "played"
    return [line.split()[0] for line in path.read_text().splitlines()] if path.exists() else []


def test_a_cue_is_played_by_a_process_of_its_own(qtbot, tmp_path):
    sounds = Sounds(player(tmp_path), 80)
    sounds.play(Cue.GOOD)
    qtbot.waitUntil(lambda: played(tmp_path) == ["good"], timeout=5000)
    sounds.play(Cue.NONE)
    sounds.play(Cue.WRONG_BIN)
    qtbot.waitUntil(lambda: played(tmp_path) == ["good", "wrong_bin"], timeout=5000)
    sounds.stop()


def test_a_newer_cue_ends_an_older_one_and_stop_ends_all(qtbot, tmp_path):
    sounds = Sounds(player(tmp_path, seconds=600), 80)
    sounds.play(Cue.CALL)
    qtbot.waitUntil(lambda: played(tmp_path) == ["call"], timeout=5000)
    sounds.play(Cue.GOOD)
    qtbot.waitUntil(lambda: played(tmp_path) == ["call", "good"], timeout=5000)
    sounds.stop()
    assert sounds._playing is None
    assert not sounds._thread.is_alive()


def test_silence_is_silent_and_a_device_without_player_too(qtbot, tmp_path):
    sounds = Sounds(player(tmp_path), 0)
    sounds.play(Cue.GOOD)
    sounds.stop()
    none = Sounds(None, 50)
    none.play(Cue.GOOD)
    none.set_volume(20)
    none.stop()
    assert played(tmp_path) == []
    assert not none.available


def test_a_player_that_cannot_start_harms_nothing(qtbot, tmp_path):
    sounds = Sounds((str(tmp_path / "nothing"),), 50)
    sounds.play(Cue.GOOD)
    sounds.stop()
    assert sounds._playing is None


def test_the_volume_is_in_the_samples(tmp_path):
    import wave

    import resources

    def peak(volume):
        target = tmp_path / f"{volume}.wav"
        louder(resources.path("sounds/good.wav"), target, volume)
        with wave.open(str(target), "rb") as file:
            frames = file.readframes(file.getnframes())
        return max(abs(int.from_bytes(frames[i : i + 2], "little", signed=True)) for i in range(0, len(frames), 2))

    assert peak(50) == pytest.approx(peak(100) / 2, abs=2)


def test_the_player_is_looked_for_by_name(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/aplay" if name == "aplay" else None)
    assert find_player() == ("aplay", "-q")
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert find_player() is None
    monkeypatch.setattr(sys, "platform", "win32")
    assert find_player()[0] == sys.executable
