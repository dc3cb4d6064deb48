"""The background: few threads, none when there is nothing to look at."""

import os
import subprocess
import sys
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
        watch(thing.step)
    assert all(thing.over.wait(10) for thing in things)
    threads = {thread for thing in things for thread in thing.threads}
    assert all(thread.daemon for thread in threads)
    for thread in threads:
        thread.join(10)
    assert not any(thread.is_alive() for thread in threads)


def test_what_is_slow_holds_nobody_up():
    """Others are looked at meanwhile, each in a thread of its own; what other tests left may hold some of the eight."""
    meeting = threading.Barrier(5)
    things = [Thing(1, meeting) for _ in range(5)]
    for thing in things:
        watch(thing.step)
    assert all(thing.over.wait(10) for thing in things)
    assert len({thread for thing in things for thread in thing.threads}) == 5


def test_what_raises_is_over_and_silent(capfd):
    """Nothing of it is printed into whichever cell is running; the others go on."""

    def fail():
        raise ValueError("no")

    watch(fail)
    thing = Thing(2)
    watch(thing.step)
    assert thing.over.wait(10)
    assert capfd.readouterr() == ("", "")


def test_a_process_does_not_wait_for_it():
    """A script or kernel that ends, ends."""
    code = "from sm_magic.watching import watch; watch(lambda: 100.0); print('over')"
    env = {**os.environ, "PYTHONPATH": ":".join(path for path in sys.path if path)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.stdout, done.stderr, done.returncode) == ("over\n", "", 0)


def test_a_fork_has_a_background_of_its_own():
    """Threads do not come along, what they looked at does not either."""
    code = (
        "import os, threading, time\n"
        "from sm_magic.watching import watch\n"
        "watch(lambda: 100.0)\n"
        "if (child := os.fork()) == 0:\n"
        "    seen = threading.Event()\n"
        "    watch(seen.set)\n"
        "    os._exit(0 if seen.wait(10) else 1)\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))"
    )
    env = {**os.environ, "PYTHONPATH": ":".join(path for path in sys.path if path)}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env=env,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.stdout, done.returncode) == ("0\n", 0)
