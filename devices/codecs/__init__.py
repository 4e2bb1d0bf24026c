"""Pure translations between bytes and the words of `devices.model`. No I/O, no clock, no state beyond what a stream needs."""
