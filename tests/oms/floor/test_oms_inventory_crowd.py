"""Several handhelds bring their scans at the same moment, from the same bins in opposite order."""

from threading import Barrier, Thread

from sync.contract import facts
from sync.contract.codes import OrderState, Outcome

SKUS = ("TEA", "CUP", "JAR", "TIN")


def test_a_crowd_at_the_same_bins_loses_nothing(new_floor):
    floor = new_floor().build(skus=SKUS)
    for n, sku in enumerate(SKUS, 1):
        floor.stock(f"A-{n:02d}", sku, 12)
    devices = [floor.device() for _ in range(4)]
    together = Barrier(len(devices))
    results = {}

    def trip(number, device):
        order = f"O{number}"
        job = floor.release(order).job
        device.claim(job)
        items = floor.items_of(job)
        before = device.chain
        ops = [
            device.op(facts.PickConfirm(job=job, sku=i.sku, qty=1, from_bin=i.from_bin, tote=f"T{number}"), i.id)
            for i in (items if number % 2 else reversed(items))
            for _ in range(i.qty_req)
        ]
        ops.append(device.op(facts.JobDrop(job=job, tote=f"T{number}", lane="L1")))
        together.wait(timeout=60)
        results[order] = device.push(*ops, prev=before)

    for number in range(len(devices)):
        floor.order(f"O{number}", *[(sku, 3) for sku in SKUS])
    threads = [Thread(target=trip, args=(number, device)) for number, device in enumerate(devices)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {r.outcome for of_one in results.values() for r in of_one} == {Outcome.APPLIED}
    assert len(results) == len(devices)
    assert {floor.order_of(f"O{n}").state for n in range(4)} == {OrderState.PICKED}
    assert [floor.has(f"bin:A-{n:02d}", sku) for n, sku in enumerate(SKUS, 1)] == [0, 0, 0, 0]
    assert floor.reserved() == 0
    floor.check()
    floor.check_feed()
