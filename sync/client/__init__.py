"""The client half of sync: a pure state machine, the ports to the store, the one network module and the thread that drives them."""
