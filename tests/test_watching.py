"""The background: few threads, none when there is nothing to look at."""

import inspect
import os
import subprocess
import sys
import threading

import pytest

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


@pytest.fixture
def alone():
    """code -> what it prints in a process of its own, where nothing else is watched."""

    def run(code):
        env = {**os.environ, "PYTHONPATH": ":".join(path for path in sys.path if path)}
        said = inspect.getsource(Thing)
        done = subprocess.run(
            [sys.executable, "-c", f"import threading\nfrom sm_magic.watching import watch\n{said}\n{code}"],
            env=env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.stderr, done.returncode) == ("", 0)
        return done.stdout.split()

    return run


def test_one_thread_looks_at_all_of_them(alone):
    """And ends with the last: nothing is left behind."""
    said = alone(
        """
things = [Thing(3, after=0.01) for _ in range(20)]
for thing in things:
    watch(thing.step)
print(all(thing.over.wait(10) for thing in things))
threads = {thread for thing in things for thread in thing.threads}
print(all(thread.daemon for thread in threads))
for thread in threads:
    thread.join(10)
print(any(thread.is_alive() for thread in threads))
"""
    )
    assert said == ["True", "True", "False"]


def test_what_is_slow_holds_nobody_up(alone):
    """Eight at most look at a time."""
    said = alone(
        """
meeting = threading.Barrier(8)
things = [Thing(1, meeting) for _ in range(8)]
for thing in things:
    watch(thing.step)
print(all(thing.over.wait(10) for thing in things))
print(len({thread for thing in things for thread in thing.threads}))
"""
    )
    assert said == ["True", "8"]


def test_a_look_that_hangs_does_not_hold_up_the_next(alone):
    """Not even one that was not due yet when it began."""
    said = alone(
        """
free, looks = threading.Event(), []
def hang():
    looks.append(1)
    if len(looks) == 1:
        return 0.1
    free.wait(30)
later, new = Thing(2, after=0.3), Thing(1)
watch(later.step)
watch(hang)
print(later.over.wait(10), len(looks))
watch(new.step)
print(new.over.wait(10), free.is_set())
free.set()
"""
    )
    assert said == ["True", "2", "True", "False"]


def test_what_raises_is_over_and_silent(capfd):
    """Nothing of it is printed into whichever cell is running; the others go on."""

    def fail():
        raise ValueError("no")

    watch(fail)
    thing = Thing(2)
    watch(thing.step)
    assert thing.over.wait(10)
    assert capfd.readouterr() == ("", "")


def test_a_process_does_not_wait_for_it(alone):
    """A script or kernel that ends, ends."""
    assert alone("watch(lambda: 100.0); print('over')") == ["over"]


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
