"""A call from its beginning to its end: what is told of it, and how often."""

import time

from sm_magic.panel.course import Course

from .conftest import until


def test_an_end_is_told_once(desk):
    """What was said since then stands."""
    client = desk().panel.client
    said, drawn, ended = [], [], []
    Course(
        client,
        lambda: client.prepare(1, endpoint="iris"),
        say=said.append,
        draw=drawn.append,
        ended=lambda result, error: ended.append((result, error)),
    )
    until(lambda: ended)
    time.sleep(0.6)  # a listener is told every quarter of a second

    ((result, error),) = ended
    assert (result.value, error) == (1, None)


def test_what_can_not_be_encoded_ends_it(desk):
    """With the error; nothing was sent."""
    one = desk()
    ended = []
    Course(
        one.panel.client,
        lambda: one.panel.client.prepare(object(), endpoint="iris"),
        say=lambda text: None,
        draw=lambda bundle: None,
        ended=lambda result, error: ended.append((result, error)),
    )
    until(lambda: ended)
    assert "can't be sent" in str(ended[0][1])
    assert one.sent == []
