"""The only place that opens a port: ways of carrying bytes to a device. Drivers get one by constructor."""
