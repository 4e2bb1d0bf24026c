"""Moving facts between a device and the OMS: the wire contract, the client half, discovery and a simulated link."""
