"""Forecasts beside simple methods, on demand that is known by now: `make bench-forecast`."""
