"""The protocol as a small machine of rules, searched and shrunk by hypothesis: two devices, four orders, the real code on both ends.

After every rule all invariants that hold at any moment are checked; at the end everything must come to rest.
"""

from random import Random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from sync.contract import facts
from tools.soak._centre import Centre
from tools.soak._shift import Floor, seeded_ids, skewed

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
WHICH = st.integers(0, 1)


class Protocol(RuleBasedStateMachine):
    """One story. A rule that means nothing just now (a pick where nothing is held) does nothing."""

    def __init__(self, centre):
        super().__init__()
        self.ids = seeded_ids(1)
        self.ids.__enter__()
        self.floor = Floor(centre, 1).build(orders=4, clocks=(skewed(0), skewed(10**12)))
        self.floor.switch_on()

    def device(self, which):
        return self.floor.devices[which]

    def poke(self, device):
        self.floor.world.poke(device)

    @rule(seconds=st.sampled_from([0.03, 0.3, 3.0]))
    def push_pull_claim(self, seconds):
        """Time passes, and with it whatever the devices do by themselves."""
        self.floor.world.run(seconds)

    @rule(which=WHICH, line=st.integers(0, 3), qty=st.integers(1, 4))
    def pick(self, which, line, qty):
        device = self.device(which)
        work = self.floor.open_work(device)
        if work:
            row, left = work[line % len(work)]
            self.floor.pick(device, row, min(qty, left))
            self.poke(device)

    @rule(which=WHICH)
    def pick_from_where_nothing_is_held(self, which):
        device = self.device(which)
        rows = [] if device.dead else sorted(device.work().values(), key=lambda row: row.id)
        if rows:
            self.floor.pick(device, rows[0], 1)
            self.poke(device)

    @rule(which=WHICH)
    def scan_in_vain(self, which):
        self.device(which).scan(facts.ScanRefused(job=None, text="?", code="unknown_code"), None)
        self.poke(self.device(which))

    @rule(which=WHICH)
    def drop(self, which):
        self.floor.drop(self.device(which), Random(1))
        self.poke(self.device(which))

    @rule(which=WHICH)
    def cut(self, which):
        self.floor.world.cut_off ^= {self.device(which).name}

    @rule(which=WHICH, writes=st.integers(0, 20))
    def crash(self, which, writes):
        self.floor.power_cut(self.device(which), writes, 1.0)

    @rule()
    def server_away_or_back(self):
        self.floor.centre.down = not self.floor.centre.down

    @rule(number=st.integers(0, 3))
    def cancel(self, number):
        self.floor.cancel(self.floor.orders[number])

    @rule()
    def expire(self):
        self.floor.centre.house.let_leases_run_out()

    @rule()
    def back_up(self):
        self.floor.back_up()

    @precondition(lambda self: self.floor.backed_up)
    @rule()
    def restore(self):
        self.floor.restore()

    @precondition(lambda self: len(self.floor.devices) == 2)
    @rule(which=WHICH)
    def clone(self, which):
        self.floor.clone(self.device(which), Random(2))

    @invariant()
    def all_holds(self):
        self.floor.look()

    def teardown(self):
        try:
            self.floor.rest()
        finally:
            self.floor.close()
            self.ids.__exit__(None, None, None)


@pytest.mark.timeout(600)
def test_no_history_breaks_an_invariant(database_url, expected_log):
    expected_log += ["was it restored"]
    centre = Centre(database_url)
    small = settings(max_examples=8, stateful_step_count=14)
    try:
        run_state_machine_as_test(lambda: Protocol(centre), settings=small)
    finally:
        centre.close()
