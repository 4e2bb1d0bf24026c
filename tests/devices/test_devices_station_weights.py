"""From readings to weights of the pack flow: each thing on the scale has a number of its own, on each scale."""

from decimal import Decimal

from app.wiring.weights import StationWeights
from devices.model import DeviceKey, Reading, WeightState

LEFT, RIGHT = DeviceKey("ser:left"), DeviceKey("ser:right")


def test_a_load_keeps_its_number_until_the_scale_was_empty():
    weights = StationWeights(lambda key: f"scale at {key}")
    now = 0.0

    def seen(key, grams, state=WeightState.STABLE):
        nonlocal now
        now += 0.1
        return weights.weight(key, Reading(Decimal(grams), "g", state, b"", now), now)

    assert seen(LEFT, "0", WeightState.ZERO).load is None
    assert [seen(LEFT, "750").load, seen(LEFT, "751").load] == [1, 1]
    assert seen(RIGHT, "750").load == 1
    for _ in range(3):
        seen(LEFT, "0", WeightState.ZERO)
    put_on = seen(LEFT, "750")
    assert (put_on.load, put_on.grams, put_on.stable, put_on.scale) == (2, Decimal(750), True, "scale at ser:left")
    assert seen(LEFT, "300", WeightState.UNSTABLE).stable is False
