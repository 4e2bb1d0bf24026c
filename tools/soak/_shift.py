"""Whole shifts from a seed: devices on real stores, people who scan, the real OMS, and whatever can go wrong going wrong.

`Floor` is the stage, also for the state machine of the tests; `Shift` plays on it what its seed says.
"""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from random import Random

import msgspec

from oms.orders import actions as order_actions
from sync.client.status import ClaimPolicy
from sync.contract import facts
from sync.contract.codes import ShortReason
from sync.contract.rows import WorkRow
from sync.simulation.clock import VirtualClock, VirtualTime
from sync.simulation.invariants import REST_S, Watch
from sync.simulation.world import CALM, Faults, World
from tools.soak._centre import Centre
from tools.soak._hand import Hand
from tools.soak._handheld import Handheld

PICKER = ClaimPolicy(kinds=("pick",), capacity=2)
SHIFT_S = 25.0
_YEARS = 10 * 365 * 86_400_000


MakeClock = Callable[[VirtualTime], VirtualClock]


def skewed(ms: int) -> MakeClock:
    """Makes clocks that are wrong by so much."""
    return lambda time: VirtualClock(time, skew_ms=ms)


class Broken(AssertionError):
    """An invariant does not hold; says which, and under which seed."""


@contextmanager
def seeded_ids(seed: int) -> Iterator[None]:
    """Whatever asks for a random id gets the same ones for the same seed, so that a seed tells the same story again. Other threads are
    not of the story: one id for a server that is just going would change all that come after it."""
    real, dice, mine = os.urandom, Random(f"ids {seed}"), threading.get_ident()
    os.urandom = lambda size: dice.randbytes(size) if threading.get_ident() == mine else real(size)
    try:
        yield
    finally:
        os.urandom = real


class Floor:
    """Owns one story's time, link and devices, on a centre that outlives it."""

    def __init__(self, centre: Centre, seed: int) -> None:
        self.centre = centre
        self.seed = seed
        self.dice = Random(seed)
        self.time = VirtualTime()
        self.world = World(centre, Random(seed + 1), self.time)
        self.watch = Watch()
        self.backed_up = False
        self.orders: list[str] = []
        self.devices: list[Hand] = []
        centre.renew()

    def build(self, orders: int, clocks: Sequence[MakeClock], kind: type[Hand] = Handheld) -> "Floor":
        """Orders as the dice have them, and a paired device for each clock."""
        for number in [f"O-{n}" for n in range(orders)]:
            skus = self.dice.sample(["TEA", "CUP"], self.dice.randint(1, 2))
            self.centre.house.order(number, *((sku, self.dice.randint(1, 4)) for sku in skus))
            self.orders.append(number)
        for n, clock in enumerate(clocks):
            device = kind.new(f"d{n}", clock(self.time), PICKER, Random(self.dice.getrandbits(32)))
            device.pair(self.centre)
            self.devices.append(device)
        return self

    def close(self) -> None:
        """Throws the devices away."""
        for device in self.devices:
            device.destroy()

    def switch_on(self) -> None:
        """All devices come alive."""
        for device in self.devices:
            self.world.add(device)

    # --- people ---

    def open_work(self, device: Hand) -> list[tuple[WorkRow, int]]:
        """Lines that a device has leases for, and the units they lack by what the device knows."""
        if device.dead:
            return []
        rows = device.work()
        done: dict[str, int] = {}
        for kind, item, body in device.logged():
            if item is not None and kind in ("pick.confirm", "pick.short"):
                done[item] = done.get(item, 0) + (msgspec.json.decode(body)["qty"] if kind == "pick.confirm" else 10**9)
        held = [rows[lease.item] for lease in device.ports.leases.held() if lease.item in rows]
        todo = [(row, row.qty_req - max(row.qty_done, done.get(row.id, 0))) for row in held]
        return [(row, left) for row, left in todo if left > 0]

    def pick(self, device: Hand, row: WorkRow, qty: int) -> None:
        """Units go from the bin into the device's tote for that job."""
        tote = f"T-{device.name}-{row.job[:4]}"
        body = facts.PickConfirm(job=row.job, sku=row.sku, qty=qty, from_bin=row.from_bin, tote=tote)
        device.scan(body, row.id)

    def drop(self, device: Hand, dice: Random) -> None:
        """Sets down a tote of a job with nothing left to pick, if there is one."""
        if device.dead:
            return
        busy = {row.job for row, _ in self.open_work(device)}
        if jobs := sorted({lease.job for lease in device.ports.leases.held()} - busy):
            job = dice.choice(jobs)
            device.scan(facts.JobDrop(job=job, tote=f"T-{device.name}-{job[:4]}", lane="L1"), None)

    # --- misfortune ---

    def power_cut(self, device: Hand, writes: int, away_s: float) -> None:
        """The power of a device goes at one of its next writes, and comes back later."""
        if not device.dead:
            device.cut_power_after(writes)
            self.world.at(away_s, lambda: self.restart(device))

    def restart(self, device: Hand) -> None:
        """The device is switched off and on; what is on its disk stays."""
        device.power_on()
        self.world.poke(device)

    def clone(self, device: Hand, dice: Random) -> None:
        """From now on there are two of this device."""
        if not device.dead:
            made = device.clone(f"{device.name}+{len(self.devices)}", Random(dice.getrandbits(32)))
            self.devices.append(made)
            self.world.add(made)

    def cancel(self, number: str) -> None:
        """The shop cancels an order."""
        self.centre.house.act(lambda w: order_actions.cancel(w, number))

    def back_up(self) -> None:
        """The server's backup of the night."""
        self.centre.back_up()
        self.backed_up = True

    def restore(self) -> None:
        """The server comes back from its backup, if it has one."""
        if self.backed_up:
            self.centre.restore()

    # --- the end ---

    def look(self) -> None:
        """Checks what must be true at any moment. Raises `Broken`."""
        alive = [device.sight() for device in self.devices if not device.dead]
        if len(alive) == len(self.devices):
            self._judge(self.watch.wrong(self.centre.sight(), alive))

    def rest(self) -> None:
        """All faults end; within a minute all must be at rest and in order. Raises `Broken`."""
        self.centre.down = False
        self.world.cut_off.clear()
        self.world.faults = CALM
        for device in self.devices:
            device.keep_power()
            if device.dead:
                self.restart(device)
        began = self.time.now
        self.world.run(REST_S, self._quiet)
        sights = [device.sight() for device in self.devices]
        self._judge(self.watch.wrong_at_rest(self.centre.sight(), sights, self.time.now - began))

    def _quiet(self) -> bool:
        head = self.centre.version()
        return all(self._in_step(device, head) for device in self.devices)

    def _in_step(self, device: Hand, head: int) -> bool:
        s = device.statuses[-1] if device.statuses else None
        if not s or not s.online or s.waiting or s.catching_up or device.state.through != head:
            return False
        identity = device.ports.meta.identity()
        return identity is not None and identity.epoch == self.centre.epoch and device.settled()

    def _judge(self, wrong: list[str]) -> None:
        if wrong:
            raise Broken(f"seed {self.seed} at {self.time.now:.2f} s: " + "; ".join(wrong[:5]))


@dataclass(slots=True)
class Told:
    """What a shift was made of, to see that it was not an idle one."""

    requests: int = 0
    refused: int = 0
    scans: int = 0
    cuts: int = 0
    forks: int = 0
    restores: int = 0
    digest: str = ""
    simulated_s: float = 0.0
    outcomes: dict[str, int] = field(default_factory=dict)


class Shift:
    """One seed: people, orders and faults on a floor. Each seed has its own mix of faults, so that rare pairs of them meet. `haste` times
    as fast as usual comes the end, and what goes wrong before it; everything is looked at before every `look_every`th trouble."""

    def __init__(self, floor: Floor, haste: float = 1.0, look_every: int = 1) -> None:
        self.floor = floor
        self.haste = haste
        self.look_every = look_every
        self.troubles = 0
        self.dice = floor.dice
        lost, unheard, double, cut, slow = (self.dice.choice((0.0, 0.0, 0.02, 0.15)) for _ in range(5))
        floor.world.faults = Faults(lost, unheard, double, cut, slow=slow)
        self.over = False
        self.restores = 0

    def run(self) -> Told:
        """A shift full of trouble, then peace. Raises `Broken`."""
        floor = self.floor
        try:
            floor.switch_on()
            for device in list(floor.devices):
                self._hire(device)
            floor.world.at(self._soon(1, 4), self._misfortune)
            floor.world.run(SHIFT_S / self.haste)
            self.over = True
            floor.rest()
            return self._told()
        finally:
            floor.close()

    def _soon(self, least: float, most: float) -> float:
        return self.dice.uniform(least, most) / self.haste

    def _told(self) -> Told:
        floor, centre = self.floor, self.floor.centre
        outcomes = list(centre.house.outcomes().values())
        return Told(
            requests=centre.requests,
            refused=centre.refused,
            scans=sum(len(device.beeped) for device in floor.devices),
            cuts=sum(device.cuts for device in floor.devices),
            forks=sum("+" in device.name for device in floor.devices),
            restores=self.restores,
            digest=sha256(repr(centre.ledger()).encode()).hexdigest(),
            simulated_s=floor.time.now,
            outcomes={word: outcomes.count(word) for word in sorted(set(outcomes))},
        )

    # --- people ---

    def _hire(self, device: Hand) -> None:
        dice = Random(self.dice.getrandbits(32))
        self.floor.world.at(dice.uniform(0, 2), lambda: self._act(device, dice))

    def _act(self, device: Hand, dice: Random) -> None:
        """One thing a person does."""
        if self.over:
            return
        floor, choice = self.floor, dice.random()
        work = floor.open_work(device)
        if work and choice < 0.85:
            row, left = dice.choice(work)
            floor.pick(device, row, dice.randint(1, left))
        elif work and choice < 0.9:
            row, _ = dice.choice(work)
            device.scan(facts.PickShort(job=row.job, sku=row.sku, missing=1, reason=_MISSING, bin=row.from_bin), row.id)
        elif choice < 0.97:
            floor.drop(device, dice)
        else:
            device.scan(facts.ScanRefused(job=None, text="?", code="unknown_code"), None)
        floor.world.poke(device)
        floor.world.at(dice.uniform(0.2, 2.0), lambda: self._act(device, dice))

    # --- misfortune ---

    def _misfortune(self) -> None:
        if self.over:
            return
        self.troubles += 1
        if self.troubles % self.look_every == 0:
            self.floor.look()
        device = self.dice.choice(self.floor.devices)
        self.dice.choice(self._FAULTS)(self, device)
        self.floor.world.at(self._soon(1, 6), self._misfortune)

    def _server_away(self, _: Hand) -> None:
        self.floor.centre.down = True
        self.floor.world.at(self._soon(0.5, 8), self._server_back)

    def _server_back(self) -> None:
        self.floor.centre.down = False

    def _dead_spot(self, device: Hand) -> None:
        cut_off = self.floor.world.cut_off
        cut_off.add(device.name)
        self.floor.world.at(self._soon(1, 15), lambda: cut_off.discard(device.name))

    def _power_cut(self, device: Hand) -> None:
        self.floor.power_cut(device, self.dice.randint(0, 40), self._soon(0.5, 8))

    def _leases_run_out(self, _: Hand) -> None:
        self.floor.centre.house.let_leases_run_out()

    def _cancelled(self, _: Hand) -> None:
        self.floor.cancel(self.dice.choice(self.floor.orders))

    def _link_up(self, device: Hand) -> None:
        device.link_up()
        self.floor.world.poke(device)

    def _cloned(self, device: Hand) -> None:
        if len(self.floor.devices) < 5 and "+" not in device.name:
            self.floor.clone(device, self.dice)
            if "+" in self.floor.devices[-1].name:
                self._hire(self.floor.devices[-1])

    def _backed_up(self, _: Hand) -> None:
        self.floor.back_up()

    def _restored(self, _: Hand) -> None:
        self.restores += self.floor.backed_up
        self.floor.restore()

    _FAULTS: tuple[Callable[["Shift", Hand], None], ...] = (
        _server_away, _dead_spot, _dead_spot, _power_cut, _power_cut, _leases_run_out, _cancelled, _link_up, _cloned, _backed_up, _restored,
    )  # fmt: skip


_MISSING = ShortReason.NOT_FOUND


def run(centre: Centre, seed: int, clock: MakeClock | None = None) -> Told:
    """One seed's shift of two to four devices, each with a wall clock of its own or all with a `clock` of one kind. Raises `Broken`."""
    count = Random(seed).randint(2, 4)
    clocks = [clock] * count if clock else mixed_clocks(seed, count)
    with seeded_ids(seed):
        return Shift(Floor(centre, seed).build(5, clocks)).run()


def mixed_clocks(seed: int, count: int) -> list[MakeClock]:
    """Clocks of which some are ten years off."""
    return [skewed(Random(seed + n).choice((0, -_YEARS, _YEARS))) for n in range(count)]
