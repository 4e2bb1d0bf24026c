"""Devices that are not there: they speak the real bytes over real pseudo terminals and TCP sockets. Used by tests and by the demo."""
