"""Puts the screens together: the one function the bootstrap calls to get a window. Knows every screen; nothing below knows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.core.clock import Clock
from app.core.messages import Tone
from app.core.outcome import Outcome
from app.core.views import Person, SignInView
from app.core.work import Worker
from app.screens.buying.presenter import BuyingPresenter
from app.screens.buying.view import BuyingScreen
from app.screens.devices.port import DeviceDesk
from app.screens.devices.presenter import DevicesPresenter
from app.screens.devices.view import DevicesScreen
from app.screens.floor.presenter import FloorPresenter
from app.screens.floor.view import FloorScreen
from app.screens.handover.port import HandOver
from app.screens.handover.presenter import HandOverPresenter
from app.screens.handover.view import HandOverScreen
from app.screens.home.presenter import HomePresenter
from app.screens.home.view import HomeScreen
from app.screens.load.manifests_presenter import ManifestsPresenter
from app.screens.load.manifests_view import ManifestsScreen
from app.screens.load.presenter import LoadPresenter
from app.screens.load.view import LoadScreen
from app.screens.order_entry.presenter import OrderEntryPresenter
from app.screens.order_entry.view import OrderEntryScreen
from app.screens.orders.presenter import OrdersPresenter
from app.screens.orders.view import OrdersScreen
from app.screens.pack.presenter import PackPresenter
from app.screens.pack.view import PackScreen
from app.screens.pair.port import Pairing
from app.screens.pair.presenter import PairPresenter
from app.screens.pair.view import PairScreen
from app.screens.pick.presenter import PickPresenter
from app.screens.pick.view import PickScreen
from app.screens.pickup.presenter import PickupPresenter
from app.screens.pickup.view import PickupScreen
from app.screens.plans.presenter import PlansPresenter
from app.screens.plans.view import PlansScreen
from app.screens.preferences import KeepsPreferences
from app.screens.presenter import Presenter, Stage
from app.screens.receive.presenter import ReceivePresenter
from app.screens.receive.view import ReceiveScreen
from app.screens.reports.presenter import ReportsPresenter
from app.screens.reports.view import ReportsScreen
from app.screens.returns.presenter import ReturnsPresenter
from app.screens.returns.view import ReturnsScreen
from app.screens.returns_desk.presenter import ReturnsDeskPresenter
from app.screens.returns_desk.view import ReturnsDeskScreen
from app.screens.settings.presenter import SettingsPresenter
from app.screens.settings.view import SettingsScreen
from app.screens.signin.presenter import SignInPresenter
from app.screens.signin.view import SignInScreen
from app.screens.task.presenter import TaskPresenter
from app.screens.task.view import TaskScreen
from app.screens.wall.presenter import WallPresenter
from app.screens.wall.view import WallScreen
from app.screens.workbench.presenter import WorkbenchPresenter
from app.screens.workbench.view import WorkbenchScreen
from app.screens.zone.presenter import ZoneBell, ZonePresenter
from app.screens.zone.view import ZoneScreen
from app.services.api import Home, Notices, Orders, Pack, Pick, SignIn
from app.services.api_work import Tasks, Wall, Zone
from app.services.buying_port import Buying
from app.services.floor_port import BoardTab, Floor, WaveRow
from app.services.load_ports import Load, Manifests
from app.services.order_entry_ports import OrderEntry
from app.services.pickup_ports import Pickup
from app.services.plans_port import Plans
from app.services.receive_ports import Receive
from app.services.reports_ports import Reports
from app.services.returns_desk_port import ReturnsDesk
from app.services.returns_ports import Returns
from app.services.workbench_ports import Workbench
from app.ui.bridge import Bridge, ThreadWorker
from app.ui.feedback import MakesSound
from app.ui.idle import IdleWatch
from app.ui.notices import NoticeLine
from app.ui.screen import ScreenView
from app.ui.shell import Shell
from app.ui.sound import Sounds, find_player
from app.ui.texts import Texts
from app.ui.theme import Skin
from app.ui.wedge_filter import Wedge
from app.ui.widgets.plot import load as load_plots

_SUPERVISES = frozenset({"supervisor", "admin"})


@dataclass(frozen=True, slots=True)
class UiServices:
    """What the screens call. All but `sign_in`, `pairing` and `orders.release` only touch the disk of this device.

    `pairing` is None where no device is ever paired (with `paired`, one is paired again only), `devices` where none can be set up.
    """

    sign_in: SignIn
    home: Home
    pick: Pick
    pack: Pack
    orders: Orders
    notices: Notices
    pairing: Pairing | None = None
    devices: DeviceDesk | None = None
    floor: Floor | None = None
    plans: Plans | None = None
    paired: bool = False
    hand_over: HandOver | None = None
    wall: Wall | None = None
    zone: Zone | None = None
    tasks: Tasks | None = None
    load: Load | None = None
    pickup: Pickup | None = None
    returns: Returns | None = None
    receive: Receive | None = None
    workbench: Workbench | None = None
    returns_desk: ReturnsDesk | None = None
    buying: Buying | None = None
    entry: OrderEntry | None = None
    manifests: Manifests | None = None
    reports: Reports | None = None


@dataclass(frozen=True, slots=True)
class Workers:
    """Where service calls run: those that only touch the disk, and those that may wait for the network."""

    store: Worker
    network: Worker


def build_shell(
    services: UiServices,
    preferences: KeepsPreferences,
    clock: Clock,
    *,
    wedge: Wedge | None = None,
    about: tuple[tuple[str, str], ...] = (),
    lock_after_s: float | None = None,
    on_fault: Callable[[Exception], None] | None = None,
    on_answer: Callable[[str, Tone | None], None] | None = None,
) -> Shell:
    """A complete window, not yet shown. Needs a QApplication; call it in the GUI thread.

    `wedge` recognises scans in the keys of a keyboard-wedge scanner: `Wedge(devices.wedge.KeyBurst(), devices.wedge.Key)`. `about` is
    what the settings page says about this device. `on_fault` hears what went wrong inside (for the log); the person sees calm words.
    `on_answer(device, tone)` hears how each scan was answered, so that the scanner that read it can say so. After `lock_after_s` seconds
    without a touch or a scan, whoever is here must show who they are.
    """
    bridge = Bridge()
    sounds = Sounds(find_player(), preferences.load().volume)
    shells: list[Shell] = []

    def fault(error: Exception) -> None:
        if on_fault is not None:
            on_fault(error)
        for shell in shells:
            shell.on_fault()

    store, network = ThreadWorker(bridge, "store", fault), ThreadWorker(bridge, "network", fault)
    shell = assemble(
        services, preferences, clock, bridge, Workers(store, network), sounds, wedge, about, on_answer, lock_after_s
    )
    shells.append(shell)
    shell.on_stop(store.stop)
    shell.on_stop(network.stop)
    return shell


def assemble(
    services: UiServices,
    preferences: KeepsPreferences,
    clock: Clock,
    bridge: Bridge,
    workers: Workers,
    sounds: MakesSound,
    wedge: Wedge | None = None,
    about: tuple[tuple[str, str], ...] = (),
    on_answer: Callable[[str, Tone | None], None] | None = None,
    lock_after_s: float | None = None,
) -> Shell:
    """The same with the workers and the sound given: for tests and pictures."""
    now = preferences.load()
    skin, texts = Skin(now.theme, now.text_size), Texts(now.language)
    shell = Shell(bridge, skin, texts, sounds, clock, wedge, on_answer or (lambda _device, _tone: None))
    stage = Stage(workers.store, workers.network, clock, shell.show_state, shell.say, shell.go, shell.scan_answered)
    sets_up = services.devices is not None
    settings = SettingsPresenter(stage, preferences, shell.use, shell.feedback.hear, about, sets_up_devices=sets_up)

    def signed_in(person: Person) -> None:
        if shell.unlock(person):
            return
        first = first_screen(person, desk=shell.chrome.desk)
        # What a flat battery or a crash interrupted goes on where it was, without a question.
        if first == "home":
            workers.store.submit(lambda: interrupted(services) or first, begin)
        else:
            shell.go(first)

    def begin(screen: str) -> None:
        # Two answers may say who is there, that to the badge and that to a look of the screen itself: by the second one the person
        # may be somewhere else already.
        if shell.screen_name() == "signin":
            shell.go(screen)

    def lock() -> None:
        if shell.person is not None and not shell.locked:
            # On the disk first: it holds over a restart, and the sign-in screen asks the disk who is there.
            workers.store.submit(services.sign_in.lock, lambda _outcome: shell.lock())

    def check_person() -> None:
        def told(outcome: Outcome[SignInView]) -> None:
            if outcome.view.person is None and shell.person is not None:
                shell.locked = False
                shell.set_person(None)
                shell.go("signin")
                if outcome.message is not None:
                    shell.on_notice(outcome.message)

        workers.store.submit(services.sign_in.view, told)

    def wave_of(orders: tuple[str, ...]) -> None:
        """On the board the orders are searched for, and it is asked how they are picked."""
        shell.go("floor")
        for intent in (f"tab:{BoardTab.PLANNED}", f"search:{' '.join(orders)}", "new_wave"):
            shell.press(intent)

    def plans_of(wave: WaveRow) -> None:
        assert plans is not None
        plans.of_wave(wave)
        shell.go("plans")

    def order_to_front(number: str) -> None:
        """At the workbench, where one comes back to from typing orders."""
        shell.go("workbench" if services.workbench is not None else "home")
        if number:
            shell.press(f"search:number:{number}")

    def sign_out() -> None:
        workers.network.submit(services.sign_in.sign_out, lambda _outcome: None)
        shell.set_person(None)
        shell.go("signin")

    screens: list[tuple[Presenter[Any], ScreenView]] = [
        (SignInPresenter(stage, services.sign_in, signed_in, settings.speak, now.language), SignInScreen(skin, texts)),
        (HomePresenter(stage, services.home, services.pick, lambda: shell.person), HomeScreen(skin, texts)),
        (PickPresenter(stage, services.pick), PickScreen(skin, texts)),
        (PackPresenter(stage, services.pack), PackScreen(skin, texts)),
        (
            OrdersPresenter(
                stage,
                services.orders,
                wave_of if services.floor else None,
                workbench=services.workbench is not None,
            ),
            OrdersScreen(skin, texts),
        ),
        (settings, SettingsScreen(skin, texts)),
    ]
    if services.pairing is not None:
        screens.append((PairPresenter(stage, services.pairing, services.paired), PairScreen(skin, texts)))
    if services.hand_over is not None:
        screens.append((HandOverPresenter(stage, services.hand_over), HandOverScreen(skin, texts)))
    if services.devices is not None:
        desk = DevicesPresenter(stage, services.devices, lambda: shell.person)
        screens.append((desk, DevicesScreen(skin, texts)))
    plans = PlansPresenter(stage, services.plans, load_plots) if services.plans is not None else None
    if services.floor is not None:
        board = FloorPresenter(stage, services.floor, plans_of if plans is not None else None)
        screens.append((board, FloorScreen(skin, texts)))
    if plans is not None:
        screens.append((plans, PlansScreen(skin, texts)))
    if services.wall is not None:
        screens.append((WallPresenter(stage, services.wall), WallScreen(skin, texts)))
    if services.tasks is not None:
        screens.append((TaskPresenter(stage, services.tasks), TaskScreen(skin, texts)))
    if services.load is not None:
        screens.append((LoadPresenter(stage, services.load), LoadScreen(skin, texts)))
    if services.pickup is not None:
        screens.append((PickupPresenter(stage, services.pickup), PickupScreen(skin, texts)))
    if services.returns is not None:
        screens.append((ReturnsPresenter(stage, services.returns), ReturnsScreen(skin, texts)))
    if services.receive is not None:
        screens.append((ReceivePresenter(stage, services.receive), ReceiveScreen(skin, texts)))
    if services.workbench is not None:
        bench = WorkbenchPresenter(stage, services.workbench, types=services.entry is not None)
        screens.append((bench, WorkbenchScreen(skin, texts)))
    if services.returns_desk is not None:
        screens.append((ReturnsDeskPresenter(stage, services.returns_desk), ReturnsDeskScreen(skin, texts)))
    if services.buying is not None:
        screens.append((BuyingPresenter(stage, services.buying), BuyingScreen(skin, texts)))
    if services.entry is not None:
        typing = OrderEntryPresenter(stage, services.entry, order_to_front)
        screens.append((typing, OrderEntryScreen(skin, texts)))
    if services.manifests is not None:
        screens.append((ManifestsPresenter(stage, services.manifests), ManifestsScreen(skin, texts)))
    if services.reports is not None:
        figures = ReportsPresenter(stage, services.reports, load_plots, lambda: shell.person, lambda: texts.language)
        screens.append((figures, ReportsScreen(skin, texts)))
    if services.zone is not None:
        screens.append((ZonePresenter(stage, services.zone), ZoneScreen(skin, texts)))
        shell.on_news(ZoneBell(services.zone, workers.store, shell.say).look)
    for presenter, view in screens:
        shell.add_screen(presenter, view)
    shell.notices = NoticeLine(services.notices, workers.store, shell.say, shell.redraw)
    shell.guard(IdleWatch(clock, lock_after_s, lock, shell) if lock_after_s else None, check_person)
    shell.begin("signin" if services.pairing is None or services.paired else "pair", sign_out, now)
    return shell


def interrupted(services: UiServices) -> str | None:
    """The screen of the work that somebody was in the middle of. Reads the disk."""
    if services.pick.view().view is not None:
        return "pick"
    if services.tasks is not None and services.tasks.view().view.job is not None:
        return "tasks"
    if services.wall is not None and services.wall.view().view.job is not None:
        return "wall"
    if services.load is not None and services.load.view().view.id:
        return "load"
    if services.pickup is not None and services.pickup.view().view.order:
        return "pickup"
    if services.returns is not None and services.returns.view().state != "box":
        return "returns"
    if services.receive is not None and services.receive.view().view.order:
        return "receive"
    return None


def first_screen(person: Person, *, desk: bool) -> str:
    """Where a role begins: at a desk with the orders or the bench, on a handheld with the next work."""
    if desk and _SUPERVISES & person.roles:
        return "orders"
    if desk and "packer" in person.roles:
        return "pack"
    return "home"
