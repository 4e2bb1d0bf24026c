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
