"""Rules the database itself keeps, whoever writes: what only grows, and what is written in a unit of work only.

Called by migrations. Functions of a released step are never changed here; a later step replaces them.
"""

from typing import Final

_FUNCTIONS: Final = (
    """
    CREATE FUNCTION floorhand_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END $$
    """,
    # An op gets its feed version at the end of the transaction that stored it; nothing else of it ever changes.
    """
    CREATE FUNCTION floorhand_op_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND OLD.ver IS NULL AND NEW.ver IS NOT NULL
           AND to_jsonb(OLD) - 'ver' = to_jsonb(NEW) - 'ver' THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'rows of op are never changed or deleted' USING ERRCODE = 'restrict_violation';
    END $$
    """,
    """
    CREATE FUNCTION floorhand_in_work() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF current_setting('floorhand.work', true) IS DISTINCT FROM 'on' THEN
            RAISE EXCEPTION '% is written in a unit of work only, or devices would not see it', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NULL;
    END $$
    """,
)

_AUDIT_FUNCTIONS: Final = (
    # An array as text says where one value ends and the next begins, whatever is in them.
    """
    CREATE FUNCTION floorhand_audit_link(before text, a audit) RETURNS text LANGUAGE sql STABLE AS $$
        SELECT encode(sha256(convert_to(jsonb_build_array(before, a.seq, a.site_id,
            (extract(epoch FROM a.at) * 1000000)::bigint, a.what, a.source, a.worker_id, a.device, a.words)::text, 'UTF8')), 'hex')
    $$
    """,
    # The head's row is locked until the transaction ends: numbers are dense and in the order of commits.
    """
    CREATE FUNCTION floorhand_audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE head audit_head%ROWTYPE;
    BEGIN
        SELECT * INTO head FROM audit_head WHERE site_id = NEW.site_id FOR UPDATE;
        IF NOT FOUND THEN
            INSERT INTO audit_head (site_id, seq, chain) VALUES (NEW.site_id, 0, '') ON CONFLICT DO NOTHING;
            SELECT * INTO head FROM audit_head WHERE site_id = NEW.site_id FOR UPDATE;
        END IF;
        NEW.seq := head.seq + 1;
        NEW.chain := floorhand_audit_link(head.chain, NEW);
        UPDATE audit_head SET seq = NEW.seq, chain = NEW.chain WHERE site_id = NEW.site_id;
        RETURN NEW;
    END $$
    """,
    """
    CREATE FUNCTION floorhand_audit_head() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND NEW.site_id = OLD.site_id AND NEW.seq = OLD.seq + 1 THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'the head of the audit trail only goes forward' USING ERRCODE = 'restrict_violation';
    END $$
    """,
)

#: The chain behind the commit: whoever writes an act locks nothing for it, and one at a time links what was committed.
_AUDIT_BEHIND: Final = (
    """
    CREATE OR REPLACE FUNCTION floorhand_audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.seq := NULL;
        NEW.chain := NULL;
        RETURN NEW;
    END $$
    """,
    # A link is given once; nothing else of an act ever changes.
    """
    CREATE FUNCTION floorhand_audit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND OLD.seq IS NULL AND NEW.seq IS NOT NULL AND NEW.chain IS NOT NULL
           AND to_jsonb(OLD) - 'seq' - 'chain' = to_jsonb(NEW) - 'seq' - 'chain' THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'rows of audit are never changed or deleted' USING ERRCODE = 'restrict_violation';
    END $$
    """,
    """
    CREATE OR REPLACE FUNCTION floorhand_audit_head() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND NEW.site_id = OLD.site_id AND NEW.seq > OLD.seq AND EXISTS (
            SELECT 1 FROM audit a WHERE a.site_id = NEW.site_id AND a.seq = NEW.seq AND a.chain = NEW.chain) THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'the head of the audit trail only goes forward' USING ERRCODE = 'restrict_violation';
    END $$
    """,
    # How many acts of the site were linked; 0 also while somebody else is at it.
    """
    CREATE FUNCTION floorhand_audit_extend(site text, most bigint) RETURNS bigint LANGUAGE plpgsql AS $$
    DECLARE head audit_head%ROWTYPE; one audit%ROWTYPE; n bigint := 0;
    BEGIN
        IF NOT EXISTS (SELECT 1 FROM audit WHERE site_id = site AND seq IS NULL) THEN
            RETURN 0;
        END IF;
        INSERT INTO audit_head (site_id, seq, chain) VALUES (site, 0, '') ON CONFLICT DO NOTHING;
        SELECT * INTO head FROM audit_head WHERE site_id = site FOR UPDATE SKIP LOCKED;
        IF NOT FOUND THEN
            RETURN 0;
        END IF;
        FOR one IN SELECT * FROM audit WHERE site_id = site AND seq IS NULL ORDER BY id LIMIT most LOOP
            one.seq := head.seq + 1;
            one.chain := floorhand_audit_link(head.chain, one);
            UPDATE audit SET seq = one.seq, chain = one.chain WHERE id = one.id;
            head.seq := one.seq;
            head.chain := one.chain;
            n := n + 1;
        END LOOP;
        IF n > 0 THEN
            UPDATE audit_head SET seq = head.seq, chain = head.chain WHERE site_id = site;
        END IF;
        RETURN n;
    END $$
    """,
    "DROP TRIGGER append_only ON audit",
    "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION floorhand_audit_guard()",
)

#: What an act, or a fact, is about: all texts in its words.
_THINGS: Final = """
    CREATE FUNCTION floorhand_things(words jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT coalesce(array_agg(value), '{}') FROM jsonb_each_text(words)
    $$
    """


def functions() -> list[str]:
    """The SQL that makes the functions the triggers below call."""
    return list(_FUNCTIONS)


def append_only(table: str, function: str = "floorhand_append_only") -> list[str]:
    """No row of `table` is ever changed or deleted."""
    return [
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()",
        f"CREATE TRIGGER never_empty BEFORE TRUNCATE ON {table} EXECUTE FUNCTION floorhand_append_only()",
    ]


def op_guard() -> list[str]:
    """As `append_only`, for table `op`, which gets its `ver` late."""
    return append_only("op", "floorhand_op_guard")


def in_work(table: str) -> list[str]:
    """`table` is written only in a transaction opened by `oms.db.work`, which writes the feed with it."""
    return [f"CREATE TRIGGER in_work AFTER INSERT OR UPDATE OR DELETE ON {table} EXECUTE FUNCTION floorhand_in_work()"]


def audit_behind() -> list[str]:
    """From now on acts are linked behind their commit (ADR 0026), and found by what they are about."""
    return [*_AUDIT_BEHIND, _THINGS]


def audit_before() -> list[str]:
    """As it was: each act is linked as it is written. Nothing may wait for its link."""
    back = [sql.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION") for sql in _AUDIT_FUNCTIONS[1:]]
    return [
        *back,
        "DROP TRIGGER append_only ON audit",
        append_only("audit")[0],
        "DROP FUNCTION floorhand_audit_extend(text, bigint)",
        "DROP FUNCTION floorhand_audit_guard()",
        "DROP FUNCTION floorhand_things(jsonb)",
    ]


def audit_chain() -> list[str]:
    """Each row of `audit` carries a hash over itself and the row before; `audit_head` keeps the last, so that a missing end shows too."""
    return [
        *_AUDIT_FUNCTIONS,
        "CREATE TRIGGER chained BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION floorhand_audit_chain()",
        *append_only("audit_head", "floorhand_audit_head"),
    ]
