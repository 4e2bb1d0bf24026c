"""What a supervisor does to waves on the board: which question comes first, and then the act. Part of the floor presenter. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.core.outcome import Outcome
from app.screens.floor.panels import Panel, new_wave_options, wave_options, wave_order_options
from app.screens.floor.watch import Watch
from app.screens.words import Vocabulary, Word
from app.services.floor_port import Floor, Method, WaveAct, WaveRow

Ask = Callable[[Vocabulary, Callable[[], Outcome[Any]], Callable[[Outcome[Any]], None]], None]
Do = Callable[[Callable[[], Outcome[Any]]], None]


class Waving:
    """Owns the templates it last offered. `ask_first` puts a question, `ask` asks the centre, `do` lets it do something."""

    def __init__(self, floor: Floor, watch: Watch, ask_first: Callable[[Panel], None], ask: Ask, do: Do) -> None:
        self._floor, self._watch = floor, watch
        self._ask_first, self._ask, self._do = ask_first, ask, do
        self._templates: tuple[str, ...] = ()

    @property
    def _row(self) -> WaveRow | None:
        row = self._watch.current
        return row if isinstance(row, WaveRow) else None

    @property
    def _searched(self) -> tuple[str, ...]:
        """The orders named in the search line."""
        return tuple(dict.fromkeys(self._watch.search.replace(",", " ").split()))

    def act(self, argument: str) -> None:
        """An act on the wave one stands on; cancelling says first what it means, pulling out asks for the order."""
        row = self._row
        if row is None or argument not in row.acts:
            return
        act = WaveAct(argument)
        if act is WaveAct.CANCEL:
            self._ask_first(Panel("wave_cancel"))
        elif act is WaveAct.PULL:
            self._ask_first(Panel("wave_pull", options=wave_order_options(row, self._searched)))
        else:
            self._to(row, act, self._searched if act is WaveAct.ADD else ())

    def more(self, _argument: str) -> None:
        """What else can be done to it."""
        if self._row is not None:
            self._ask_first(Panel("wave_more", options=wave_options(self._row, searched=bool(self._searched))))

    def pull(self, argument: str) -> None:
        """This order goes out of the wave, to be picked by itself at once."""
        if self._row is not None and argument in self._row.orders:
            self._to(self._row, WaveAct.PULL, (argument,))

    def cancel(self, _argument: str) -> None:
        """The consequences are read."""
        if self._row is not None:
            self._to(self._row, WaveAct.CANCEL, ())

    def _to(self, row: WaveRow, act: WaveAct, orders: tuple[str, ...]) -> None:
        self._do(lambda: self._floor.wave_act(row.id, act, orders))

    def new(self, _argument: str) -> None:
        """Of the orders searched for, or by a template."""
        orders = self._searched
        if orders:
            self._ask_first(Panel("new_wave", options=new_wave_options((), orders), orders=orders))
        else:
            self._ask(Word.ONE_MOMENT, self._floor.templates, self._offer)

    def _offer(self, outcome: Outcome[tuple[str, ...]]) -> None:
        self._templates = outcome.view
        self._ask_first(Panel("new_wave", options=new_wave_options(self._templates, ())))

    def by_template(self, argument: str) -> None:
        """By the template with this number."""
        name = self._templates[int(argument)]
        self._do(lambda: self._floor.new_wave(template=name))

    def of_orders(self, argument: str) -> None:
        """Of the orders searched for, picked in this way."""
        orders, method = self._searched, Method(argument)
        self._do(lambda: self._floor.new_wave(orders=orders, method=method))
