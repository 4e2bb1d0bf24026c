"""What label builders need of element strings; the whole of them is in `devices.codecs.gs1.elements`."""

from devices.codecs.gs1.elements import GS, PREDEFINED

__all__ = ["GS", "PREDEFINED"]
