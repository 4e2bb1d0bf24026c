"""The tables of the device's database, as the newest migration leaves them. Only this room uses them."""

from sqlalchemy import REAL, Column, Integer, LargeBinary, MetaData, Table, Text

metadata = MetaData()

#: Small facts about the device and its cache, one JSON or plain text value each (`meta.py`).
meta = Table("meta", metadata, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))

#: The log of facts. `state` pending | acked; `settled` when the server's rows here contain the op's effect.
journal = Table(
    "journal",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("op_id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("v", Integer, nullable=False),
    Column("item", Text),
    Column("job", Text),
    Column("tok_epoch", Integer),
    Column("tok_n", Integer),
    Column("session", Text),
    Column("body", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("chain", Text, nullable=False),
    Column("wall", Integer, nullable=False),
    Column("mono", Integer, nullable=False),
    Column("boot", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("outcome", Text),
    Column("ver", Integer),
    Column("settled", Integer, nullable=False),
)

#: Server rows: `e` entity name, `v` version, `body` JSON as it came.
row = Table(
    "row",
    metadata,
    Column("e", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("v", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

#: Where to find a row by something other than its id (`row_keys.py`); written with the row.
row_key = Table(
    "row_key",
    metadata,
    Column("e", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("id", Text, primary_key=True),
)

#: Rights to work. `ended` is the reason when the server ended one; it stays, for late facts travel with its token.
lease = Table(
    "lease",
    metadata,
    Column("lease_id", Text, primary_key=True),
    Column("item", Text, nullable=False),
    Column("job", Text, nullable=False),
    Column("tok_epoch", Integer, nullable=False),
    Column("tok_n", Integer, nullable=False),
    Column("ttl_s", Integer, nullable=False),
    Column("granted_mono", REAL, nullable=False),
    Column("boot", Text, nullable=False),
    Column("ended", Text),
)

#: Instructions from the centre that a person must read. `acked` 1 when they have.
notice = Table(
    "notice",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("op_id", Text, nullable=False, unique=True),
    Column("action", Text, nullable=False),
    Column("params", Text, nullable=False),
    Column("exception", Text),
    Column("acked", Integer, nullable=False),
)

#: Where a person stands in a job: one row per job. `active` is the one on screen of its kind.
flow = Table(
    "flow",
    metadata,
    Column("job", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("active", Integer, nullable=False),
    Column("finished", Integer, nullable=False),
    Column("v", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

#: What lets a person sign in while the centre is away. `means` badge | pin.
verifier = Table(
    "verifier",
    metadata,
    Column("worker", Text, primary_key=True),
    Column("means", Text, primary_key=True),
    Column("number", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("ttl_s", Integer, nullable=False),
    Column("granted_wall", Integer, nullable=False),
    Column("granted_mono", REAL, nullable=False),
    Column("boot", Text, nullable=False),
    Column("tries_left", Integer, nullable=False),
)

#: Every state of every print job, in the order in which they were recorded. `verdict` came-out | not-out | scanned and `who` where a
#: person found that out.
print_journal = Table(
    "print_journal",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("job_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("wall", Integer, nullable=False),
    Column("verdict", Text),
    Column("who", Text),
)

#: The newest print jobs whole, so that a label can be had again. `identity` is what must not exist twice (the SSCC), or empty.
print_job = Table(
    "print_job",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("job_id", Text, nullable=False, unique=True),
    Column("payload", LargeBinary, nullable=False),
    Column("copies", Integer, nullable=False),
    Column("labels", Integer, nullable=False),
    Column("serialised", Integer, nullable=False),
    Column("foreign_made", Integer, nullable=False),
    Column("meaning", Text, nullable=False),
    Column("identity", Text, nullable=False),
    Column("reprint_of", Text, nullable=False),
    Column("printer", Text, nullable=False),
)

#: Papers that go with parcels of this bench, one line for each time one is wanted; the newest of them. `note` is what kept it last,
#: `order_no` whose it is among those that share the parcel; empty: the parcel's own.
paper_owed = Table(
    "paper_owed",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("print_job", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("parcel", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("settled", Integer, nullable=False),
    Column("order_no", Text, nullable=False),
)

#: Pictures of the bench, in the order they were taken; `body` until the centre has it.
photo = Table(
    "photo",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("sha256", Text, nullable=False, unique=True),
    Column("body", LargeBinary),
)

#: Orders typed here that the centre has not answered yet: `body` JSON, with people's names, until it has.
typed_order = Table(
    "typed_order",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("body", LargeBinary, nullable=False),
)
