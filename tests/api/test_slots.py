import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from werkzeug.exceptions import ServiceUnavailable

from service.api.slots import PLACES, TARGET_S, Slots, expected_wait

from .conftest import ROOT


def full(slots: Slots) -> bool:
    """Whether the smallest request would be refused."""
    try:
        slots.refuse_if_full(0)
    except ServiceUnavailable:
        return True
    return False


def wait_until(condition) -> None:
    while not condition():
        time.sleep(0.001)


def test_one_refuses_after_the_wait():
    slots = Slots(1, wait_s=0.05, pace=0)

    start = time.monotonic()
    with slots.one(0), pytest.raises(ServiceUnavailable), slots.one(0):
        pytest.fail("two in one slot")

    assert time.monotonic() - start >= 0.05


def test_one_lets_in_by_the_order_of_coming():
    slots = Slots(1, wait_s=60, pace=0)
    order = []

    def come(number: int) -> None:
        with slots.one(0):
            order.append(number)

    threads = [threading.Thread(target=come, args=(number,)) for number in range(5)]
    with slots.one(0):
        for count, thread in enumerate(threads, start=1):
            thread.start()
            wait_until(lambda count=count: len(slots._waiting) == count)
        assert order == []
    for thread in threads:
        thread.join()

    assert order == list(range(5))


def test_one_refuses_at_once_when_all_places_are_taken():
    slots = Slots(1, places=3, wait_s=60, pace=0)

    def wait() -> None:
        with slots.one(0):
            pass

    waiting = [threading.Thread(target=wait) for _ in range(2)]
    with slots.one(0):
        for thread in waiting:
            thread.start()
        wait_until(lambda: full(slots))
        with pytest.raises(ServiceUnavailable), slots.one(0):
            pytest.fail("no place was left")
    for thread in waiting:
        thread.join()

    assert not full(slots)


def test_one_refuses_at_once_what_would_wait_too_long():
    slots = Slots(1, pace=1)  # a second a byte: whoever has to wait would wait too long

    with slots.one(1_000_000):
        assert full(slots)
        with pytest.raises(ServiceUnavailable), slots.one(0):
            pytest.fail("it would have to wait for days")

    assert not full(slots)


def test_is_refusing_tells_for_a_moment():
    slots = Slots(1, pace=1)
    assert not slots.is_refusing()

    with slots.one(1_000_000):
        assert full(slots)

    assert slots.is_refusing()
    wait_until(lambda: not slots.is_refusing())


def test_a_large_request_may_wait_longer_than_a_small_one():
    slots = Slots(1, wait_s=60, pace=1e-3)

    with slots.one(20_000):  # about 20 seconds
        with pytest.raises(ServiceUnavailable):
            slots.refuse_if_full(4_000)
        slots.refuse_if_full(25_000)


def test_small_requests_pass_a_large_one_by_the_other_slot():
    slots = Slots(2, wait_s=60, pace=1e-6)

    with slots.one(100_000_000):
        slots.refuse_if_full(4_000)
        with slots.one(4_000):
            slots.refuse_if_full(4_000)


def test_short_requests_follow_one_another_though_a_slot_is_free():
    slots = Slots(2, wait_s=0.05, pace=1e-6)

    with slots.one(4_000), pytest.raises(ServiceUnavailable), slots.one(4_000):
        pytest.fail("a short one ran beside another")


@pytest.mark.parametrize("beside", [4_000, 100_000_000])
def test_a_long_request_lets_others_run_beside_it(beside):
    slots = Slots(2, wait_s=0.05, pace=1e-6)

    with slots.one(100_000_000), slots.one(beside):
        pass


@pytest.mark.parametrize(
    ("left", "waiting", "expected"),
    [
        ([0.0], [], 0),
        ([0.5], [], 0.5),
        ([0.5], [1, 1], 2.5),
        ([0.5, 3.0], [1, 1], 2.5),
        ([0.0, 0.0], [1, 1, 1], 1),
    ],
)
def test_expected_wait_gives_each_slot_to_the_first_who_waits(left, waiting, expected):
    assert expected_wait(left, waiting) == expected


def test_one_learns_what_a_byte_costs():
    slots = Slots(1, pace=1)  # as if it took seven minutes to begin with
    for _ in range(200):
        with slots.one(1_000_000):
            pass

    with slots.one(1_000_000):
        slots.refuse_if_full(4_000)


def test_one_learns_nothing_from_what_failed():
    slots = Slots(1, pace=1)
    for _ in range(200):
        with pytest.raises(ValueError, match="of ours"), slots.one(1_000_000):
            raise ValueError("of ours")

    with slots.one(1_000_000):
        assert full(slots)


def test_one_gives_the_slot_back_after_a_failure():
    slots = Slots(1, wait_s=0)

    for _ in range(5):
        with pytest.raises(ValueError, match="of ours"), slots.one(0):
            raise ValueError("of ours")

    assert not full(slots)
    with slots.one(0):
        pass


@pytest.mark.slow  # a busy machine serves nobody in time
def test_who_is_let_in_under_overload_is_served_in_time():
    slots = Slots(1)
    took, refused = [], []
    end = time.monotonic() + 3

    def call(seed: int) -> None:
        chance = random.Random(seed)
        while (start := time.monotonic()) < end:
            try:
                slots.refuse_if_full(4_000)
                with slots.one(4_000):
                    time.sleep(0.04)
                took.append(time.monotonic() - start)
            except ServiceUnavailable:
                refused.append(time.monotonic() - start)
            time.sleep(chance.random() * 0.1)

    # Digests of 40 ms, 25 a second at most; 100 callers ask for many times as many.
    with ThreadPoolExecutor(100) as pool:
        list(pool.map(call, range(100)))

    took.sort()
    assert len(refused) > 3 * len(took)
    assert took[int(0.99 * len(took))] < TARGET_S
    # The queue is used: most who are let in wait a good part of what is allowed.
    assert took[len(took) // 2] > 0.2 * TARGET_S


def test_threads_are_more_than_places():
    config = (ROOT / "deploy" / "gunicorn.conf.py").read_text("utf-8")

    assert f"threads = 2 + {PLACES} * " in config
