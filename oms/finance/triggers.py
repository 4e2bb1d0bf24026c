"""What the database itself keeps of the books, whoever writes: entries dense and balanced, closed periods closed, nothing ever changed.

Called by the migration that makes the tables; functions of a released step are never changed here.
"""

from typing import Final

from oms.db.triggers import append_only

_FUNCTIONS: Final = (
    # The book's row is locked until the transaction ends: numbers are dense and in the order of commits, and no period closes meanwhile.
    """
    CREATE FUNCTION floorhand_journal_entry() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE closed date;
    BEGIN
        UPDATE book SET entries = entries + 1 WHERE code = NEW.book RETURNING entries INTO NEW.number;
        SELECT max(through) INTO closed FROM book_close WHERE book = NEW.book;
        IF NEW.day <= closed THEN
            RAISE EXCEPTION 'the books of % are closed through %', NEW.book, closed USING ERRCODE = 'restrict_violation';
        END IF;
        NEW.made_in := txid_current();
        RETURN NEW;
    END $$
    """,
    """
    CREATE FUNCTION floorhand_journal_line() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (SELECT made_in FROM journal_entry WHERE book = NEW.book AND number = NEW.number) IS DISTINCT FROM txid_current() THEN
            RAISE EXCEPTION 'lines are written with their entry only' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE FUNCTION floorhand_journal_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE off numeric; lines bigint;
    BEGIN
        SELECT coalesce(sum(amount), 0), count(*) INTO off, lines FROM journal_line WHERE book = NEW.book AND number = NEW.number;
        IF off <> 0 OR lines < 2 THEN
            RAISE EXCEPTION 'entry % of % does not balance', NEW.number, NEW.book USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE FUNCTION floorhand_book_close() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM 1 FROM book WHERE code = NEW.book FOR UPDATE;
        IF NEW.through <= (SELECT max(through) FROM book_close WHERE book = NEW.book) THEN
            RAISE EXCEPTION 'the books of % only close forward', NEW.book USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE FUNCTION floorhand_book_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND NEW.entries IN (OLD.entries, OLD.entries + 1)
           AND (NEW.code, NEW.currency, NEW.method, NEW.year_starts, NEW.opened_at)
             = (OLD.code, OLD.currency, OLD.method, OLD.year_starts, OLD.opened_at) THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'a book keeps its currency, method and numbers' USING ERRCODE = 'restrict_violation';
    END $$
    """,
)


def books() -> list[str]:
    """The SQL that makes the functions and their triggers."""
    return [
        *_FUNCTIONS,
        "CREATE TRIGGER numbered BEFORE INSERT ON journal_entry FOR EACH ROW EXECUTE FUNCTION floorhand_journal_entry()",
        "CREATE TRIGGER with_entry BEFORE INSERT ON journal_line FOR EACH ROW EXECUTE FUNCTION floorhand_journal_line()",
        "CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON journal_entry DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION floorhand_journal_balanced()",
        # Lines that come after the check of their entry was asked for at once.
        "CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON journal_line DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION floorhand_journal_balanced()",
        "CREATE TRIGGER forward BEFORE INSERT ON book_close FOR EACH ROW EXECUTE FUNCTION floorhand_book_close()",
        *append_only("journal_entry"),
        *append_only("journal_line"),
        *append_only("book_close"),
        *append_only("book", "floorhand_book_guard"),
    ]


def no_books() -> list[str]:
    """The SQL that takes the functions away again; the triggers go with their tables."""
    names = ("journal_entry", "journal_line", "journal_balanced", "book_close", "book_guard")
    return [f"DROP FUNCTION floorhand_{name}()" for name in names]
