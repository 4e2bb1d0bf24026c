"""From the scale's readings to the weights of the pack flow: the same load is never taken for two parcels."""

from collections.abc import Callable

from app.services.api import Weight
from devices.model import GRAMS_PER, DeviceKey, Reading
from devices.weighing import Capture, division_of


class StationWeights:
    """Counts what is put on the scales of one station. Called on the scales' threads; each scale has its own count.

    `name_of` says what people call a scale.
    """

    def __init__(self, name_of: Callable[[DeviceKey], str]) -> None:
        self._name_of = name_of
        self._captures: dict[DeviceKey, Capture] = {}
        self._loads: dict[DeviceKey, int] = {}

    def weight(self, key: DeviceKey, reading: Reading, now: float) -> Weight:
        """The reading as the screens take it. KeyError for a unit that is not a weight."""
        if self._captures.setdefault(key, Capture()).offer(reading, now) is not None:
            self._loads[key] = self._loads.get(key, 0) + 1
        load, name = self._loads.get(key), self._name_of(key)
        division = float(division_of(reading) * GRAMS_PER[reading.unit])
        return Weight(reading.grams, reading.usable, reading.at, reading.state.value, load, name, division)
