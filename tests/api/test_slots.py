import threading
import time

import pytest
from werkzeug.exceptions import ServiceUnavailable

from service.api.slots import Slots


def test_one_refuses_after_the_wait():
    slots = Slots(1, wait_s=0.05)

    start = time.monotonic()
    with slots.one(), pytest.raises(ServiceUnavailable), slots.one():
        pytest.fail("two in one slot")

    assert time.monotonic() - start >= 0.05


def test_one_takes_a_slot_that_comes_free_in_time():
    slots = Slots(1, wait_s=5)
    order = []

    def first(entered: threading.Event) -> None:
        with slots.one():
            entered.set()
            time.sleep(0.05)
            order.append("first")

    entered = threading.Event()
    thread = threading.Thread(target=first, args=(entered,))
    thread.start()
    entered.wait()
    with slots.one():
        order.append("second")
    thread.join()

    assert order == ["first", "second"]


def test_one_refuses_at_once_when_too_many_wait():
    slots = Slots(1, waiting=2, wait_s=5)

    def wait() -> None:
        with slots.one():
            pass

    waiting = [threading.Thread(target=wait) for _ in range(2)]
    with slots.one():
        for thread in waiting:
            thread.start()
        while not slots.full:
            time.sleep(0.001)
        start = time.monotonic()
        with pytest.raises(ServiceUnavailable), slots.one():
            pytest.fail("no place was left")
        assert time.monotonic() - start < 1
    for thread in waiting:
        thread.join()

    assert not slots.full


def test_one_gives_the_slot_back_after_a_failure():
    slots = Slots(1, wait_s=0)

    for _ in range(5):
        with pytest.raises(ValueError, match="of ours"), slots.one():
            raise ValueError("of ours")

    assert not slots.full
    with slots.one():
        pass
