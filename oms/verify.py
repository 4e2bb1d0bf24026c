"""The invariants of sync (`conservation`, `exactly once`, `fencing` ...) as questions to the database. Every answer should be nothing.

Read in one snapshot, so it may run while work goes on. `floorhand server verify` and tests call it.
"""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Engine, text

from oms.people.audit import BREAKS
from sync.contract.chain import chain_next, chain_start
from sync.contract.invariants import Invariant

_SHOWN = 20

#: name -> rows that break the rule. What a rule says is in its name and its comment.
_RULES = {
    # Over all accounts, supplier and shipped included, units neither appear nor vanish.
    "conservation": """
        SELECT site_id, sku, lot, sum(qty) FROM stock_balance GROUP BY 1, 2, 3 HAVING sum(qty) <> 0""",
    # A balance is what its movements make it.
    "balances_are_folds": """
        SELECT site_id, account, sku, lot, coalesce(b.qty, 0), coalesce(f.qty, 0) FROM stock_balance b FULL JOIN (
            SELECT site_id, account, sku, lot, sum(qty) AS qty FROM (
                SELECT site_id, to_account AS account, sku, lot, qty FROM stock_move
                UNION ALL SELECT site_id, from_account, sku, lot, -qty FROM stock_move) legs
            GROUP BY 1, 2, 3, 4) f USING (site_id, account, sku, lot)
        WHERE coalesce(b.qty, 0) <> coalesce(f.qty, 0)""",
    # A device's log has no holes, and its end is where its device row says.
    "logs_are_dense": """
        SELECT d.id, d.last_seq, count(s.seq), max(s.seq) FROM device d LEFT JOIN op_seq s ON s.device = d.id
        GROUP BY d.id, d.last_seq
        HAVING count(s.seq) <> d.last_seq OR coalesce(max(s.seq), 0) <> d.last_seq""",
    "log_ends_at_device_chain": """
        SELECT d.id FROM device d JOIN op_seq s ON s.device = d.id AND s.seq = d.last_seq WHERE s.chain <> d.chain""",
    # Every op is in somebody's log and carries its feed version.
    "ops_have_a_log": "SELECT op_id FROM op WHERE NOT EXISTS (SELECT 1 FROM op_seq s WHERE s.op_id = op.op_id)",
    "ops_have_a_version": "SELECT op_id FROM op WHERE ver IS NULL",
    # A movement made on the floor has its fact; a fact that takes goods has exactly its units in the ledger.
    "facts_move_their_units": """
        SELECT o.op_id, o.kind, (o.body->>'qty')::bigint, coalesce(sum(m.qty), 0)
        FROM op o LEFT JOIN stock_move m ON m.source_id = o.op_id
        WHERE o.kind IN ('pick.confirm', 'pick.undo', 'pack.confirm', 'pack.undo') AND o.outcome <> 'parked'
            OR o.kind IN ('put.confirm', 'put.undo', 'pick.substitute', 'substitute.undo', 'move.confirm', 'move.undo')
                AND o.outcome LIKE 'applied%'
        GROUP BY o.op_id, o.kind, o.body HAVING coalesce(sum(m.qty), 0) <> (o.body->>'qty')::bigint""",
    "parked_facts_move_nothing": """
        SELECT o.op_id FROM op o JOIN stock_move m ON m.source_id = o.op_id WHERE o.outcome = 'parked'""",
    "parked_facts_have_a_letter": """
        SELECT op_id FROM op WHERE outcome = 'parked' AND NOT EXISTS (SELECT 1 FROM dead_letter l WHERE l.op_id = op.op_id)""",
    "one_open_lease_per_item": """
        SELECT item, count(*) FROM lease WHERE ended_at IS NULL GROUP BY item HAVING count(*) > 1""",
    # No token of an item was ever given to two devices, and none is above the item's own.
    "tokens_have_one_holder": """
        SELECT item, tok_epoch, tok_n FROM lease GROUP BY 1, 2, 3 HAVING count(DISTINCT device) > 1""",
    "tokens_never_fall": """
        SELECT l.item, l.tok_epoch, l.tok_n, i.tok_epoch, i.tok_n FROM lease l JOIN work_item i ON i.id = l.item
        WHERE (l.tok_epoch, l.tok_n) > (i.tok_epoch, i.tok_n)""",
    "no_over_credit": "SELECT id, qty_done, qty_req FROM work_item WHERE qty_done > qty_req OR qty_done < 0",
    # What an item counts as done is the sum of the facts that were credited to it.
    "done_is_sum_of_facts": """
        SELECT i.id, i.qty_done, coalesce(f.qty, 0) FROM work_item i LEFT JOIN (
            SELECT item, sum(CASE WHEN kind LIKE '%.undo' THEN -1 ELSE 1 END * (body->>'qty')::bigint) AS qty FROM (
                SELECT o.item, o.kind, o.body FROM op o JOIN work_item w ON w.id = o.item
                WHERE o.outcome IN ('applied', 'applied_late')
                    AND (o.kind IN ('pick.confirm', 'pick.undo', 'pack.confirm', 'pack.undo', 'move.confirm', 'move.undo')
                        -- What is put into a slot counts for a sort; a cluster's line was counted when it was picked.
                        OR (o.kind IN ('put.confirm', 'put.undo') AND w.kind = 'sort'))
                -- What was taken in place of another has an item of its own, with the fact's id.
                UNION ALL SELECT op_id, kind, body FROM op
                WHERE kind = 'pick.substitute' AND outcome IN ('applied', 'applied_late')
                -- What was set aside for its customer without a bench went from its tote as a whole.
                UNION ALL SELECT m.work_item, o.kind, jsonb_build_object('qty', m.qty)
                FROM op o JOIN stock_move m ON m.source_id = o.op_id
                WHERE o.kind IN ('pickup.ready', 'pickup.hand_over') AND m.work_item IS NOT NULL
                    AND o.outcome IN ('applied', 'applied_late')
                -- Taking it back is about the line it stood for; the goods moved for the item that was made.
                UNION ALL SELECT m.work_item, o.kind, o.body FROM op o JOIN stock_move m ON m.source_id = o.op_id
                WHERE o.kind = 'substitute.undo' AND o.outcome IN ('applied', 'applied_late')) credits
            GROUP BY item) f ON f.item = i.id
        WHERE i.qty_done <> coalesce(f.qty, 0)""",
    # Only who was given an item is credited for it, under the token of that grant; and never under an older one than was credited before.
    "credits_have_a_grant": """
        SELECT o.op_id, o.item, o.first_device FROM op o
        WHERE o.kind IN ('pick.confirm', 'pick.undo', 'pick.short', 'pack.confirm', 'pack.undo', 'pack.short')
            AND o.outcome IN ('applied', 'applied_late') AND NOT EXISTS (
                SELECT 1 FROM lease l WHERE l.item = o.item AND l.device = o.first_device
                AND (l.tok_epoch, l.tok_n) = (o.tok_epoch, o.tok_n))""",
    "credited_tokens_never_fall": """
        SELECT o.op_id, o.item, o.tok_epoch, o.tok_n, o.ver FROM op o
        WHERE o.kind IN ('pick.confirm', 'pick.undo', 'pick.short', 'pack.confirm', 'pack.undo', 'pack.short')
            AND o.outcome IN ('applied', 'applied_late') AND EXISTS (
                SELECT 1 FROM op e WHERE e.item = o.item AND e.ver < o.ver
                AND e.kind IN ('pick.confirm', 'pick.undo', 'pick.short', 'pack.confirm', 'pack.undo', 'pack.short')
                AND e.outcome IN ('applied', 'applied_late') AND (e.tok_epoch, e.tok_n) > (o.tok_epoch, o.tok_n))""",
    # What counts for nobody has exactly one word to somebody, open or resolved; and goods in hand an instruction where to put them.
    "diverted_has_a_word": """
        SELECT o.op_id, o.kind, count(x.id) FROM op o LEFT JOIN floor_exception x ON x.op_id = o.op_id
        WHERE o.outcome = 'diverted' GROUP BY o.op_id, o.kind HAVING count(x.id) <> 1""",
    "diverted_has_one_exception": """
        SELECT o.op_id, o.kind, count(x.id) FROM op o LEFT JOIN floor_exception x ON x.op_id = o.op_id AND x.kind = 'put_back'
        WHERE o.outcome = 'diverted' AND o.kind IN ('pick.confirm', 'pack.confirm')
        GROUP BY o.op_id, o.kind HAVING count(x.id) <> 1""",
    "reservations_not_negative": "SELECT work_item, qty FROM reservation WHERE qty < 0",
    "order_lines_add_up": """
        SELECT order_no, line_no, qty, picked, packed, short FROM order_line
        WHERE packed > picked OR (picked > qty AND qty > 0)""",
    # A shipped parcel is empty in the books, and what is shipped was in a parcel.
    "shipped_parcels_are_empty": """
        SELECT p.id, b.sku, b.qty FROM parcel p JOIN stock_balance b ON b.account = 'parcel:' || p.id
        WHERE p.state = 'shipped' AND b.qty <> 0""",
    "shipped_orders_have_no_open_work": """
        SELECT i.id FROM work_item i JOIN sales_order o ON o.site_id = i.site_id AND o.number = i.order_no
        WHERE o.state IN ('shipped', 'cancelled') AND i.state IN ('open', 'leased')""",
    # No row of the feed is newer than the feed, and no two changes share an entity (its key).
    "feed_below_its_head": "SELECT c.ent, c.ent_id, c.ver FROM change c JOIN site s ON s.id = c.site_id WHERE c.ver > s.ver",
    # Nobody has changed what people did, nor cut it off. None of the thirteen: it is for auditors.
    "audit_is_whole": BREAKS,
}

#: Of every rule whether any row breaks it.
_ANY = text("SELECT " + ", ".join(f'EXISTS ({query}) AS "{name}"' for name, query in _RULES.items()))

#: invariant -> the rules here that show it. The others can only be seen from devices: the simulation checks those.
SHOWN_BY: dict[Invariant, tuple[str, ...]] = {
    Invariant.CONSERVATION: ("conservation", "balances_are_folds", "shipped_parcels_are_empty"),
    Invariant.EXACTLY_ONCE: (
        "ops_have_a_log",
        "ops_have_a_version",
        "facts_move_their_units",
        "parked_facts_move_nothing",
        "parked_facts_have_a_letter",
    ),
    Invariant.NO_DOUBLE_ASSIGNMENT: ("one_open_lease_per_item", "tokens_have_one_holder"),
    Invariant.FENCING: ("tokens_never_fall", "credits_have_a_grant", "credited_tokens_never_fall"),
    Invariant.NO_OVER_CREDIT: (
        "no_over_credit",
        "done_is_sum_of_facts",
        "reservations_not_negative",
        "order_lines_add_up",
        "shipped_orders_have_no_open_work",
    ),
    Invariant.FEED_COMPLETE: ("feed_below_its_head",),
    Invariant.DEVICE_ORDER: ("logs_are_dense", "log_ends_at_device_chain", "chains_recompute"),
    Invariant.DIVERTED_HAS_EXCEPTION: ("diverted_has_one_exception", "diverted_has_a_word"),
}

_COUNTS = {
    "ops": "SELECT count(*) FROM op",
    "ops_by_outcome": "SELECT outcome, count(*) FROM op GROUP BY 1",
    "picks": "SELECT count(*) FROM op WHERE kind = 'pick.confirm'",
    "orders_by_state": "SELECT state, count(*) FROM sales_order GROUP BY 1",
    "orders_shipped": "SELECT count(*) FROM sales_order WHERE state = 'shipped'",
    "parcels_by_state": "SELECT state, count(*) FROM parcel GROUP BY 1",
    "moves": "SELECT count(*) FROM stock_move",
    "open_leases": "SELECT count(*) FROM lease WHERE ended_at IS NULL",
    "open_exceptions": "SELECT count(*) FROM floor_exception WHERE state = 'open'",
    "dead_letters": "SELECT count(*) FROM dead_letter WHERE resolved_at IS NULL",
    "devices": "SELECT count(*) FROM device",
    "acts_not_yet_linked": "SELECT count(*) FROM audit WHERE seq IS NULL",
    "feed_head": "SELECT coalesce(max(ver), 0) FROM site",
}


class Finding(Struct, frozen=True, kw_only=True):
    """A broken rule: how many rows break it, and the first of them."""

    rule: str
    count: int
    rows: list[list[str]]


class Verdict(Struct, frozen=True, kw_only=True):
    """`ok` when no rule is broken; `rules` names every rule that was checked."""

    ok: bool
    rules: list[str]
    findings: list[Finding]
    counts: dict[str, int | dict[str, int]]
    #: Of each of the thirteen invariants, whether it holds here; None where only devices can show it.
    invariants: dict[Invariant, bool | None]


def broken_invariants(findings: Iterable[Finding]) -> dict[Invariant, list[str]]:
    """The findings by the invariant they break, in words."""
    by_rule = {found.rule: f"{found.rule}: {found.count} rows, first {found.rows[0]}" for found in findings}
    broken = {name: [by_rule[rule] for rule in rules if rule in by_rule] for name, rules in SHOWN_BY.items()}
    return {name: words for name, words in broken.items() if words}


def findings(engine: Engine) -> list[Finding]:
    """What `verify` finds, asked of a small database again and again: all rules in one statement, and only those that are broken again,
    for their rows. On a year's ledger the planner does better with one rule at a time."""
    with engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True) as db:
        broken = [name for name, found in db.execute(_ANY).one()._mapping.items() if found]
        named = [(name, db.execute(text(_RULES[name]))) for name in broken]
        found = [_finding(name, rows) for name, rows in [*named, ("chains_recompute", _broken_chains(db))]]
    return [one for one in found if one]


def verify(engine: Engine) -> Verdict:
    """Checks every rule in one snapshot."""
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as db:
        db.execute(text("SET TRANSACTION READ ONLY"))
        # A nightly check of a year's ledger takes longer than any request may.
        db.execute(text("SET LOCAL statement_timeout = 0"))
        findings = [found for name, query in _RULES.items() if (found := _finding(name, db.execute(text(query))))]
        broken = _finding("chains_recompute", _broken_chains(db))
        if broken:
            findings.append(broken)
        counts = {name: _count(db, query) for name, query in _COUNTS.items()}
    broken_now = broken_invariants(findings)
    return Verdict(
        ok=not findings,
        rules=[*_RULES, "chains_recompute"],
        findings=findings,
        counts=counts,
        invariants={name: name not in broken_now if name in SHOWN_BY else None for name in Invariant},
    )


def _finding(rule: str, rows: Iterable[Any]) -> Finding | None:
    listed = [[str(value) for value in row] for row in rows]
    return Finding(rule=rule, count=len(listed), rows=listed[:_SHOWN]) if listed else None


def _count(db: Connection, query: str) -> int | dict[str, int]:
    rows = db.execute(text(query)).all()
    if rows and len(rows[0]) == 1:
        return int(rows[0][0])
    return {str(word): int(count) for word, count in rows} if rows else {}


def _broken_chains(db: Connection) -> Iterable[tuple[str, int]]:
    """(device, seq) of the first link of each log that does not follow from the one before and the op's content."""
    rows = db.execute(
        text(
            "SELECT s.device, s.seq, s.chain, s.op_id, o.content_hash FROM op_seq s JOIN op o USING (op_id)"
            " ORDER BY s.device, s.seq"
        ).execution_options(yield_per=2000)
    )
    device, chain, broken = "", "", False
    for row in rows:
        if row.device != device:
            device, chain, broken = row.device, chain_start(row.device), False
        chain = chain_next(chain, row.op_id, bytes.fromhex(row.content_hash))
        if chain != row.chain and not broken:
            broken = True
            yield device, row.seq
