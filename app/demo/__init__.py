"""The demonstration: a whole small warehouse on one machine, on the real parts, with simulated devices that speak real bytes."""
