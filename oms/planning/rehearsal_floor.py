"""One run of a rehearsal, as kernels: people walking and picking, then the put wall and the packing benches. Called by `rehearsal`.

Both are played event by event: whoever is due next acts, of several the first in the list.
"""

from typing import Final

import numpy as np

from oms.planning.compiled import Floats, Ints, kernel

#: What people do next: take a tour, arrive at a call, (wait before its aisle), finish it, come home.
_FREE: Final = 0
_ARRIVES: Final = 1
_WAITS: Final = 2
_PICKS: Final = 3
_HOME: Final = 4
#: What sorters do: open a tote, sort a call, put away what was laid aside.
_OPENS: Final = 0
_SORTS: Final = 1
_ASIDE: Final = 2
#: A time that does not come.
NEVER: Final = 1e18


@kernel
def walked(
    first: Ints,
    tour_zone: Ints,
    after_first: Ints,
    after: Ints,
    tour_s: Floats,
    aisle: Ints,
    walk: Floats,
    work: Floats,
    crew: Ints,
    pace: Floats,
    room: int,
    hold: int,
    done: Floats,
    over: Floats,
    stood: Floats,
) -> None:
    """Picks all tours. Tour t has the calls `first[t]` to `first[t + 1]`, in zone `tour_zone[t]` (-1: any), behind the tours
    `after[after_first[t]:after_first[t + 1]]`; `tour_s` has its earliest start, seconds to begin and seconds home. `crew` has people's
    zones; everybody has up to `hold` tours in hand, one of them under way. Fills when each call is `done`, each tour `over` (`NEVER` if it
    cannot be), and each person's seconds `stood` before aisles."""
    tours, people = len(first) - 1, len(crew)
    at = np.zeros(people)
    phase = np.zeros(people, np.int64)
    tour = np.zeros(people, np.int64)
    call = np.zeros(people, np.int64)
    inside = np.full(people, -1, np.int64)
    ticket = np.zeros(people, np.int64)
    since = np.zeros(people)
    taken = np.zeros(tours, np.int64)
    held = np.zeros((people, hold), np.int64)
    count = np.zeros(people, np.int64)
    inmates = np.zeros(aisle.max() + 2 if len(aisle) else 1, np.int64)
    tickets = 0
    head = 0
    over[:] = NEVER
    while True:
        who = 0
        for p in range(1, people):
            if at[p] < at[who]:
                who = p
        now = at[who]
        if now >= NEVER:
            return
        if phase[who] == _FREE:
            # The first tours of the list that this person may take, or when one can be.
            while head < tours and taken[head] == 1:
                head += 1
            soonest = NEVER
            for t in range(head, tours):
                if count[who] == hold:
                    break
                if taken[t] == 1 or (crew[who] >= 0 and tour_zone[t] >= 0 and crew[who] != tour_zone[t]):
                    continue
                start = tour_s[3 * t]
                for k in range(after_first[t], after_first[t + 1]):
                    start = max(start, over[after[k]])
                if start <= now:
                    taken[t] = 1
                    held[who, count[who]] = t
                    count[who] += 1
                else:
                    soonest = min(soonest, start)
            if count[who] == 0:
                at[who] = soonest
                continue
            found = held[who, 0]
            for k in range(1, count[who]):
                held[who, k - 1] = held[who, k]
            count[who] -= 1
            tour[who] = found
            call[who] = first[found]
            begin = now + tour_s[3 * found + 1] * pace[who]
            if first[found] == first[found + 1]:
                phase[who] = _HOME
                at[who] = begin + tour_s[3 * found + 2] * pace[who]
            else:
                phase[who] = _ARRIVES
                at[who] = begin + walk[first[found]] * pace[who]
        elif phase[who] == _ARRIVES:
            c = call[who]
            a = aisle[c]
            if a >= 0 and a != inside[who]:
                if room > 0 and inmates[a] >= room:
                    phase[who] = _WAITS
                    at[who] = NEVER
                    since[who] = now
                    ticket[who] = tickets
                    tickets += 1
                    continue
                inmates[a] += 1
                inside[who] = a
            phase[who] = _PICKS
            at[who] = now + work[c] * pace[who]
        elif phase[who] == _PICKS:
            c = call[who]
            done[c] = now
            t = tour[who]
            is_last = c + 1 == first[t + 1]
            if inside[who] >= 0 and (is_last or aisle[c + 1] != inside[who]):
                a = inside[who]
                inside[who] = -1
                inmates[a] -= 1
                waiter = -1
                for p in range(people):
                    if phase[p] == _WAITS and aisle[call[p]] == a and (waiter < 0 or ticket[p] < ticket[waiter]):
                        waiter = p
                if waiter >= 0:
                    inmates[a] += 1
                    inside[waiter] = a
                    stood[waiter] += now - since[waiter]
                    phase[waiter] = _PICKS
                    at[waiter] = now + work[call[waiter]] * pace[waiter]
            if is_last:
                phase[who] = _HOME
                at[who] = now + tour_s[3 * t + 2] * pace[who]
            else:
                call[who] = c + 1
                phase[who] = _ARRIVES
                at[who] = now + walk[c + 1] * pace[who]
        else:
            over[tour[who]] = now
            phase[who] = _FREE
            # Who waited for this tour to end looks again.
            for p in range(people):
                if phase[p] == _FREE and at[p] > now:
                    at[p] = now


@kernel
def handled(
    first: Ints,
    is_sorted: Ints,
    arrivals: Ints,
    over: Floats,
    order: Ints,
    sorting: Floats,
    opening: Floats,
    packing: Floats,
    left: Ints,
    waiting: Ints,
    sorters: int,
    packers: int,
    slots: int,
    packed: Floats,
    totals: Floats,
) -> None:
    """Sorts and packs. `arrivals` are the tours as they come in (at `over`); `order` and `sorting` each call's order and seconds at the
    wall, `opening` each tour's; `packing` and `left` each order's seconds and calls, `waiting` whether it waits from the start. `slots` 0:
    room for all. Fills when each order is `packed`, and `totals`: seconds of jam, of sorting, of packing.

    Nobody who sorts stands still: goods of an order without a slot are laid aside, and put into the first slot that comes free."""
    orders, tours = len(packing), len(arrivals)
    at = np.full(sorters + packers, NEVER)
    task = np.full(sorters + packers, -1, np.int64)
    kind = np.zeros(sorters, np.int64)
    place = np.zeros(sorters, np.int64)
    has_slot = np.zeros(orders, np.int64)
    aside = np.zeros(orders, np.int64)
    aside_s = np.zeros(orders)
    ready = np.zeros(orders, np.int64)
    ready_head, ready_tail = 0, 0
    lain = np.zeros(orders + 1, np.int64)
    lain_head, lain_tail = 0, 0
    again = np.zeros(orders + 1, np.int64)
    again_head, again_tail = 0, 0
    totes = np.zeros(tours, np.int64)
    tote_head, tote_tail = 0, 0
    taken = 0
    jam_since = 0.0
    coming = 0
    now = 0.0
    for o in range(orders):
        if waiting[o] == 1 and left[o] == 0:
            ready[ready_tail] = o
            ready_tail += 1
    while True:
        # Free packers and sorters take what waits; a slot goes on as soon as its order is taken to a bench.
        for m in range(sorters, sorters + packers):
            if task[m] < 0 and ready_head < ready_tail:
                o = ready[ready_head]
                ready_head += 1
                task[m] = o
                at[m] = now + packing[o]
                totals[2] += packing[o]
                if has_slot[o] == 1 and slots > 0:
                    has_slot[o] = 0
                    taken -= 1
                    if lain_head < lain_tail:
                        o = lain[lain_head]
                        lain_head += 1
                        has_slot[o] = 1
                        taken += 1
                        again[again_tail] = o
                        again_tail += 1
                        if lain_head == lain_tail:
                            totals[0] += now - jam_since
        for m in range(sorters):
            if task[m] < 0:
                if again_head < again_tail:
                    o = again[again_head]
                    again_head += 1
                    task[m] = o
                    kind[m] = _ASIDE
                    place[m] = aside[o]
                    at[m] = now + aside_s[o]
                    totals[1] += aside_s[o]
                    aside[o] = 0
                    aside_s[o] = 0.0
                elif tote_head < tote_tail:
                    t = totes[tote_head]
                    tote_head += 1
                    task[m] = t
                    kind[m] = _OPENS
                    place[m] = first[t]
                    at[m] = now + opening[t]
                    totals[1] += opening[t]
        who = 0
        for m in range(1, sorters + packers):
            if at[m] < at[who]:
                who = m
        if coming < tours and over[arrivals[coming]] <= at[who]:
            t = arrivals[coming]
            coming += 1
            now = max(now, over[t])
            if is_sorted[t] == 1:
                totes[tote_tail] = t
                tote_tail += 1
                continue
            for c in range(first[t], first[t + 1]):
                o = order[c]
                left[o] -= 1
                if left[o] == 0:
                    ready[ready_tail] = o
                    ready_tail += 1
            continue
        if at[who] >= NEVER:
            return
        now = at[who]
        if who >= sorters:
            packed[task[who]] = now
            task[who] = -1
            at[who] = NEVER
            continue
        if kind[who] == _ASIDE:
            o = task[who]
            left[o] -= place[who]
            if left[o] == 0:
                ready[ready_tail] = o
                ready_tail += 1
            task[who] = -1
            at[who] = NEVER
            continue
        t = task[who]
        if kind[who] == _SORTS:
            c = place[who]
            place[who] += 1
            o = order[c]
            if has_slot[o] == 0 and aside[o] == 0 and (slots == 0 or taken < slots):
                has_slot[o] = 1
                taken += 1
            if has_slot[o] == 1:
                left[o] -= 1
                if left[o] == 0:
                    ready[ready_tail] = o
                    ready_tail += 1
            else:
                if aside[o] == 0:
                    if lain_head == lain_tail:
                        jam_since = now
                    lain[lain_tail] = o
                    lain_tail += 1
                aside[o] += 1
                aside_s[o] += sorting[c]
        kind[who] = _SORTS
        if place[who] < first[t + 1]:
            at[who] = now + sorting[place[who]]
            totals[1] += sorting[place[who]]
        else:
            task[who] = -1
            at[who] = NEVER


def warm() -> None:
    """Compiles the kernels."""
    none, zeros = np.zeros(0, np.int64), np.zeros(0)
    walked(
        np.zeros(1, np.int64), none, np.zeros(1, np.int64), none, zeros, none, zeros, zeros, np.zeros(1, np.int64),
        np.ones(1), 0, 1, zeros, zeros, np.zeros(1),
    )  # fmt: skip
    handled(
        np.zeros(1, np.int64), none, none, zeros, none, zeros, zeros, zeros, none, none, 1, 1, 0, zeros, np.zeros(3)
    )
