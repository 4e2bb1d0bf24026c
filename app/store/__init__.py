"""The device's disk: SQLite through SQLAlchemy. Cache of server rows, journal of facts, leases, flow states, people, print journal.

Built by the client's bootstrap; services get a `Store` by constructor, sync its ports from `sync_ports`.
"""
