"""TALKING TO HARDWARE: scanners, scales and label printers. Knows bytes, not orders.

The client's bootstrap builds one `devices.hub.DeviceHub` and gives it callables; everything else in here is reached through the hub.
Nothing in this package imports Qt, a database, the network of the OMS, or any other Floorhand package.
"""
