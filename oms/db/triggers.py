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


def audit_chain() -> list[str]:
    """Each row of `audit` carries a hash over itself and the row before; `audit_head` keeps the last, so that a missing end shows too."""
    return [
        *_AUDIT_FUNCTIONS,
        "CREATE TRIGGER chained BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION floorhand_audit_chain()",
        *append_only("audit_head", "floorhand_audit_head"),
    ]
