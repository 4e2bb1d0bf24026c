"""Numbered steps from one shape of the device's database to the next, each in one transaction with `PRAGMA user_version`.

A step is never changed once it has shipped. Bodies in the journal are never rewritten: old fact versions stay readable instead.
"""

import logging

from sqlalchemy import Connection

from app.core.storage import StoreTooNew

log = logging.getLogger(__name__)

_FIRST = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE journal (
        seq INTEGER PRIMARY KEY, op_id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, v INTEGER NOT NULL, item TEXT, job TEXT,
        tok_epoch INTEGER, tok_n INTEGER, session TEXT, body BLOB NOT NULL, digest BLOB NOT NULL, chain TEXT NOT NULL,
        wall INTEGER NOT NULL, mono INTEGER NOT NULL, boot TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('pending', 'acked')), outcome TEXT, ver INTEGER,
        settled INTEGER NOT NULL CHECK (settled IN (0, 1)))""",
    "CREATE INDEX journal_pending ON journal (seq) WHERE state = 'pending'",
    "CREATE INDEX journal_unsettled ON journal (kind, seq) WHERE settled = 0",
    "CREATE INDEX journal_job ON journal (job, kind)",
    """CREATE TABLE row (e TEXT NOT NULL, id TEXT NOT NULL, v INTEGER NOT NULL, body BLOB NOT NULL,
        PRIMARY KEY (e, id)) WITHOUT ROWID""",
    """CREATE TABLE row_key (e TEXT NOT NULL, name TEXT NOT NULL, key TEXT NOT NULL, id TEXT NOT NULL,
        PRIMARY KEY (e, name, key, id),
        FOREIGN KEY (e, id) REFERENCES row (e, id) ON DELETE CASCADE) WITHOUT ROWID""",
    "CREATE INDEX row_key_of_row ON row_key (e, id)",
    """CREATE TABLE lease (
        lease_id TEXT PRIMARY KEY NOT NULL, item TEXT NOT NULL, job TEXT NOT NULL, tok_epoch INTEGER NOT NULL,
        tok_n INTEGER NOT NULL, ttl_s INTEGER NOT NULL, granted_mono REAL NOT NULL, boot TEXT NOT NULL, ended TEXT)
        WITHOUT ROWID""",
    "CREATE INDEX lease_item ON lease (item)",
    "CREATE INDEX lease_job ON lease (job)",
    """CREATE TABLE notice (
        id INTEGER PRIMARY KEY, op_id TEXT NOT NULL UNIQUE, action TEXT NOT NULL, params TEXT NOT NULL, exception TEXT,
        acked INTEGER NOT NULL CHECK (acked IN (0, 1)))""",
    """CREATE TABLE flow (
        job TEXT PRIMARY KEY NOT NULL, kind TEXT NOT NULL, active INTEGER NOT NULL CHECK (active IN (0, 1)),
        finished INTEGER NOT NULL CHECK (finished IN (0, 1)), v INTEGER NOT NULL, body BLOB NOT NULL) WITHOUT ROWID""",
    "CREATE UNIQUE INDEX flow_active ON flow (kind) WHERE active = 1",
    """CREATE TABLE verifier (
        worker TEXT NOT NULL, means TEXT NOT NULL CHECK (means IN ('badge', 'pin')), number TEXT NOT NULL,
        hash TEXT NOT NULL, person TEXT NOT NULL, ttl_s INTEGER NOT NULL, granted_wall INTEGER NOT NULL,
        granted_mono REAL NOT NULL, boot TEXT NOT NULL, tries_left INTEGER NOT NULL, PRIMARY KEY (worker, means))
        WITHOUT ROWID""",
    """CREATE TABLE print_journal (
        n INTEGER PRIMARY KEY, job_id TEXT NOT NULL, state TEXT NOT NULL, detail TEXT NOT NULL, wall INTEGER NOT NULL)""",
    "CREATE INDEX print_journal_job ON print_journal (job_id, n)",
)

_PRINT_JOBS = (
    "ALTER TABLE print_journal ADD COLUMN verdict TEXT CHECK (verdict IN ('came-out', 'not-out', 'scanned'))",
    "ALTER TABLE print_journal ADD COLUMN who TEXT",
    """CREATE TABLE print_job (
        n INTEGER PRIMARY KEY, job_id TEXT NOT NULL UNIQUE, payload BLOB NOT NULL, copies INTEGER NOT NULL, labels INTEGER NOT NULL,
        serialised INTEGER NOT NULL CHECK (serialised IN (0, 1)), foreign_made INTEGER NOT NULL CHECK (foreign_made IN (0, 1)),
        meaning TEXT NOT NULL, identity TEXT NOT NULL, reprint_of TEXT NOT NULL, printer TEXT NOT NULL)""",
    "CREATE INDEX print_job_identity ON print_job (identity, n) WHERE identity <> ''",
)

# What `row_keys` says of jobs since, for those that are here already.
_JOB = "FROM (SELECT id, CAST(body AS TEXT) AS j FROM row WHERE e = 'job')"
_LIVE_JOB = f"{_JOB} WHERE j ->> 'state' IN ('open', 'active')"
_JOB_RANKS = (
    f"""INSERT INTO row_key (e, name, key, id)
        SELECT 'job', 'cart', j ->> 'cart', id {_JOB} WHERE j ->> 'cart' <> ''""",
    f"""INSERT INTO row_key (e, name, key, id)
        SELECT 'job', 'live ' || (j ->> 'kind'), printf('%06d ', j ->> 'priority') || coalesce(j ->> 'cut_off', '9'), id {_LIVE_JOB}""",
    f"""INSERT INTO row_key (e, name, key, id)
        SELECT 'job', 'passed', j ->> 'passed_at', id {_LIVE_JOB} AND j ->> 'passed_at' IS NOT NULL AND j ->> 'tote' <> ''""",
)

# What waits for a truck.
_PARCELS_WAITING = (
    """INSERT INTO row_key (e, name, key, id)
        SELECT 'parcel', 'waits', j ->> 'carrier', id FROM (SELECT id, CAST(body AS TEXT) AS j FROM row WHERE e = 'parcel')
        WHERE j ->> 'state' = 'shipped' AND coalesce(j ->> 'load', '') = ''""",
)

# What is owed at a bench beside labels, until it has come out.
_PAPERS_OWED = (
    """CREATE TABLE paper_owed (
        n INTEGER PRIMARY KEY, print_job TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, parcel TEXT NOT NULL, note TEXT NOT NULL,
        settled INTEGER NOT NULL CHECK (settled IN (0, 1)))""",
    "CREATE INDEX paper_owed_open ON paper_owed (n) WHERE settled = 0",
    "CREATE INDEX paper_owed_parcel ON paper_owed (parcel)",
)

# Pictures that the centre has not, and that those which it has were here.
_PHOTOS = ("CREATE TABLE IF NOT EXISTS photo (n INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, body BLOB)",)

# Papers of orders that share a parcel; empty: of the parcel's own.
_PAPERS_SHARED = ("ALTER TABLE paper_owed ADD COLUMN order_no TEXT NOT NULL DEFAULT ''",)

# Orders typed while the centre is away.
_TYPED_ORDERS = (
    "CREATE TABLE IF NOT EXISTS typed_order (n INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, body BLOB NOT NULL)",
)

#: Step n brings a database of version n - 1 to version n.
STEPS: tuple[tuple[str, ...], ...] = (
    _FIRST,
    _PRINT_JOBS,
    _JOB_RANKS,
    _PARCELS_WAITING,
    _PAPERS_OWED,
    _PHOTOS,
    _PAPERS_SHARED,
    _TYPED_ORDERS,
)


def version_of(connection: Connection) -> int:
    """The version this database has."""
    return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())


def migrate(connection: Connection, steps: tuple[tuple[str, ...], ...] = STEPS) -> None:
    """Brings the database to the newest version. Killed in the middle, it is of the old or the new version, nothing between.

    Raises `StoreTooNew` when a newer app has been here.
    """
    have = version_of(connection)
    connection.rollback()
    if have > len(steps):
        raise StoreTooNew(f"the data folder has version {have}, this app knows {len(steps)}")
    for number, step in enumerate(steps[have:], start=have + 1):
        with connection.begin():
            for statement in step:
                connection.exec_driver_sql(statement)
            connection.exec_driver_sql(f"PRAGMA user_version = {number}")
        log.info("data folder brought to version %d", number)
