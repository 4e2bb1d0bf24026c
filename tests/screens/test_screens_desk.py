"""The supervisor's orders and the settings, without Qt."""

from dataclasses import replace

import pytest

from app.core.messages import Code, Cue, say
from app.core.views import LinkStatus
from app.screens.orders.presenter import OrdersPresenter
from app.screens.preferences import Preferences
from app.screens.settings.presenter import SettingsPresenter
from tools.shots_data import ORDERS
from tools.shots_goods import OFFLINE, ONLINE

OPEN = [o.no for o in ORDERS.orders if o.state == "open"]
PICKING = next(o.no for o in ORDERS.orders if o.state == "picking")


@pytest.fixture
def orders(around, service):
    service.now(ORDERS)
    presenter = OrdersPresenter(around.stage, service)
    presenter.enter()
    around.run()
    service.calls.clear()
    return presenter


def test_only_open_orders_can_be_selected(orders, around):
    orders.on_intent(f"toggle:{OPEN[0]}")
    orders.on_intent(f"toggle:{PICKING}")
    assert around.state.selected == {OPEN[0]}
    orders.on_intent(f"toggle:{OPEN[0]}")
    assert around.state.selected == frozenset()


def test_select_all_open_and_none(orders, around):
    orders.on_intent("all")
    assert around.state.selected == set(OPEN)
    orders.on_intent("none")
    assert not around.state.selected


def test_release_sends_the_selected_in_the_order_of_the_list(orders, around, service):
    for number in reversed(OPEN[:3]):
        orders.on_intent(f"toggle:{number}")
    orders.on_intent("release")
    around.store.run()
    assert service.calls == []
    around.network.run()
    assert service.calls == [("release", tuple(OPEN[:3]))]
    assert around.state.selected == frozenset()


def test_release_the_next_few(orders, around, service):
    orders.on_intent("release:5")
    around.run()
    assert service.calls == [("release", tuple(OPEN[:5]))]


def test_a_release_is_not_sent_twice(orders, around, service):
    orders.on_intent("release:5")
    orders.on_intent("release:5")
    around.run()
    assert len(service.calls) == 1


def test_without_the_centre_releasing_is_off_and_says_why(orders, around, service):
    service.now(replace(ORDERS, can_release=False))
    orders.refresh()
    around.run()
    service.calls.clear()
    orders.on_intent("release:5")
    around.run()
    assert service.calls == []
    assert around.said[-1].code is Code.NEEDS_CENTRE
    assert not around.state.frame.actions[0].enabled


def test_nothing_selected_is_a_hint(orders, around):
    orders.on_intent("release")
    assert around.said[-1].code is Code.CHOOSE_ORDERS


def test_filter_and_search_ask_the_service(orders, around, service):
    orders.on_intent("filter:open")
    orders.on_intent("search:nowak")
    around.run()
    assert service.calls == [("view", "open", ""), ("view", "open", "nowak")]


def test_scanning_an_order_finds_it(orders, around, service):
    orders.on_scan(around.scan("50231"))
    around.run()
    assert service.calls == [("view", "all", "50231")]
    assert around.state.search == "50231"


def test_an_order_that_is_no_longer_open_leaves_the_selection(orders, around, service):
    orders.on_intent(f"toggle:{OPEN[0]}")
    gone = tuple(replace(o, state="released") if o.no == OPEN[0] else o for o in ORDERS.orders)
    service.now(replace(ORDERS, orders=gone))
    orders.refresh()
    around.run()
    assert not around.state.selected


def test_it_looks_again_when_the_centre_comes_or_goes_but_not_at_every_tick(orders, around, service):
    for link in (ONLINE, ONLINE, OFFLINE, OFFLINE, LinkStatus(True, 1, 0, None, 1)):
        orders.on_link(link)
    around.run()
    assert [call[0] for call in service.calls] == ["view"] * 3


class Keeper:
    def __init__(self):
        self.kept = Preferences()

    def load(self):
        return self.kept

    def save(self, preferences):
        self.kept = preferences


@pytest.fixture
def played():
    return []


@pytest.fixture
def used():
    return []


@pytest.fixture
def settings(around, played, used):
    presenter = SettingsPresenter(around.stage, Keeper(), used.append, played.append, (("version", "1"),))
    presenter.enter()
    return presenter


@pytest.mark.parametrize(
    ("intent", "field", "value"),
    [
        ("language:de", "language", "de"),
        ("theme:contrast", "theme", "contrast"),
        ("hand:left", "hand", "left"),
        ("size:up", "text_size", 120),
        ("size:down", "text_size", 85),
        ("volume:up", "volume", 80),
        ("volume:down", "volume", 60),
    ],
)
def test_a_choice_takes_effect_at_once_and_is_kept(settings, around, used, intent, field, value):
    settings.on_intent(intent)
    assert getattr(used[-1], field) == value
    assert getattr(around.state.preferences, field) == value
    assert getattr(settings._keeper.kept, field) == value


def test_sizes_and_volume_end_at_their_limits(settings, around):
    for _ in range(30):
        settings.on_intent("size:up")
        settings.on_intent("volume:up")
    assert (around.state.preferences.text_size, around.state.preferences.volume) == (400, 100)
    for _ in range(30):
        settings.on_intent("size:down")
        settings.on_intent("volume:down")
    assert (around.state.preferences.text_size, around.state.preferences.volume) == (70, 0)


def test_every_tone_can_be_heard(settings, played):
    for cue in Cue:
        settings.on_intent(f"hear:{cue}")
    assert played == list(Cue)


def test_a_scan_here_proves_the_scanner(settings, around, played):
    settings.on_scan(around.scan("anything"))
    assert played == [Cue.GOOD]
    assert len(around.answered) == 1


def test_the_way_back(settings, around):
    settings.on_intent("back")
    assert around.went == ["back"]


def test_a_message_of_the_release_is_said(orders, around, service):
    service.now(ORDERS, say(Code.ORDERS_RELEASED, n=5))
    orders.on_intent("release:5")
    around.run()
    assert around.said[-1].code is Code.ORDERS_RELEASED


def test_a_wave_of_the_selected_orders_is_made_on_the_board(around, service):
    asked = []
    service.now(ORDERS)
    orders = OrdersPresenter(around.stage, service, asked.append)
    orders.enter()
    orders.on_link(ONLINE)
    around.run()
    wave = next(act for act in orders.frame().actions if act.intent == "wave")
    assert not wave.enabled
    free = [order.no for order in ORDERS.orders if order.state == "open"][:2]
    for number in free:
        orders.on_intent(f"toggle:{number}")
    assert next(act for act in orders.frame().actions if act.intent == "wave").enabled
    orders.on_intent("wave")
    assert asked == [tuple(free)]
    orders.on_intent("wave")
    assert len(asked) == 1


def test_without_a_board_there_is_no_wave_to_make(around, service):
    service.now(ORDERS)
    assert "wave" not in [act.intent for act in OrdersPresenter(around.stage, service).frame().actions]
