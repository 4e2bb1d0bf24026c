"""A device and its clone both go on, and the server is set back: all six orders, and what becomes of an identity that the restored server
has never heard of (`sync.md` F11)."""

from itertools import permutations

import pytest

from oms.people import trust
from sync.contract import facts
from tools.soak._handheld import Handheld
from tools.soak._pocket import Pocket
from tools.soak._shift import Floor, seeded_ids, skewed

pytestmark = pytest.mark.postgres


@pytest.fixture(params=[Handheld, Pocket], ids=["on the real store", "in memory"])
def floor(centre, request, expected_log):
    expected_log += ["was it restored"]
    with seeded_ids(1):
        made = Floor(centre, 1).build(orders=3, clocks=[skewed(0)], kind=request.param)
        made.switch_on()
        made.world.run(2)
        yield made
        made.close()


def pick_all(floor, device):
    for row, left in floor.open_work(device):
        floor.pick(device, row, left)
    device.scan(facts.ScanRefused(job=None, text="?", code="unknown_code"), None)
    floor.world.poke(device)


@pytest.mark.parametrize("floor", [Handheld], ids=["on the real store"], indirect=True)
@pytest.mark.parametrize("order", list(permutations(["original", "clone", "restore"])), ids="-".join)
def test_a_clone_and_a_restore_in_any_order(floor, order):
    [original] = floor.devices
    floor.back_up()
    row, left = floor.open_work(original)[0]
    floor.pick(original, row, left)
    floor.world.poke(original)
    floor.world.run(2)
    floor.clone(original, floor.dice)
    clone = floor.devices[1]
    floor.world.cut_off |= {original.name, clone.name}
    for device in (original, clone):
        pick_all(floor, device)
    for what in order:
        if what == "restore":
            floor.restore()
        else:
            floor.world.cut_off.discard((original if what == "original" else clone).name)
        floor.world.run(5)
        floor.look()
    floor.rest()
    known = floor.centre.house.outcomes()
    assert original.beeped | clone.beeped == set(known)
    assert len(original.beeped - clone.beeped) > 0
    assert len({device.sight().device_id for device in floor.devices}) == 2


def test_an_identity_that_a_restored_server_has_forgotten(floor):
    """A fork made after the backup: the key is still known under the older identity, and the log goes on by it."""
    [original] = floor.devices
    floor.back_up()
    floor.clone(original, floor.dice)
    clone = floor.devices[1]
    for device in floor.devices:
        pick_all(floor, device)
    floor.world.run(4)
    forked = {device.sight().device_id for device in floor.devices}
    assert len(forked) == 2
    floor.restore()
    pick_all(floor, clone)
    floor.rest()
    assert {device.sight().device_id for device in floor.devices} != forked
    assert original.beeped | clone.beeped == set(floor.centre.house.outcomes())


@pytest.mark.parametrize("floor", [Pocket], ids=["in memory"], indirect=True)
def test_a_revoked_key_gets_no_other_identity(floor):
    """Being forgotten is no way around being shut out."""
    [original] = floor.devices
    first = original.sight().device_id
    floor.back_up()
    floor.clone(original, floor.dice)
    for device in floor.devices:
        pick_all(floor, device)
    floor.world.run(4)
    floor.restore()
    floor.centre.house.act(lambda w: trust.revoke(w, first))
    before = set(floor.centre.house.outcomes())
    # As long as a poll may wait, and a little longer.
    floor.world.run(40)
    assert set(floor.centre.house.outcomes()) == before
    assert {device.statuses[-1].trouble.value for device in floor.devices} == {"revoked"}
