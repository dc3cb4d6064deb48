"""The background: few threads, none when there is nothing to look at."""

import threading

from sm_magic.watching import watch


class Thing:
    """Looked at a number of times, by a crowd that waits for each other."""

    def __init__(self, steps, meeting=None, after=0.0):
        self.left, self.meeting, self.after = steps, meeting, after
        self.threads, self.over = set(), threading.Event()

    def step(self):
        self.threads.add(threading.current_thread())
        if self.meeting is not None:
            self.meeting.wait(10)
        self.left -= 1
        if self.left:
            return self.after
        self.over.set()
        return None


def test_one_thread_looks_at_all_of_them():
    """And ends with the last: nothing is left behind."""
    things = [Thing(3, after=0.01) for _ in range(20)]
    for thing in things:
        watch(thing)
    assert all(thing.over.wait(10) for thing in things)
    threads = {thread for thing in things for thread in thing.threads}
    assert all(thread.daemon for thread in threads)
    for thread in threads:
        thread.join(10)
    assert not any(thread.is_alive() for thread in threads)


def test_what_is_slow_holds_nobody_up():
    """Eight at most look at a time."""
    meeting = threading.Barrier(8)
    things = [Thing(1, meeting) for _ in range(8)]
    for thing in things:
        watch(thing)
    assert all(thing.over.wait(10) for thing in things)
    assert len({thread for thing in things for thread in thing.threads}) == 8
