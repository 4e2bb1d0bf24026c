"""Protocol logic of one kind of device over a transport: parse is pure, retry and reconnect live in the session."""
