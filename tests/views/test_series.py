"""The series of a forecast: whichever container wrote them, with what was sent of them."""

import json
import math

import pytest

from sm_magic.messages import Payload
from sm_magic.views.series import read, series_in

QUANTILES = {"0.9": [3, 4], "0.1": [1, "NaN"], "0.5": [2, None]}


def _sent(value):
    return Payload(body=json.dumps(value).encode(), content_type="application/json")


@pytest.mark.parametrize(
    "value",
    [
        {"predictions": [{"mean": [1.0, 2.0], "quantiles": {"0.5": [1.0, 2.0]}}]},
        {"predictions": [{"mean": [1.0, 2.0]}]},
        {"prediction": {"mean": [1, 2, 3]}},
        {"predictions": [{"samples": [[1.0, 2.0], [3.0, 4.0]]}]},
        {"predictions": [{"mean": [1.0], "0.1": [0.5], "0.9": [2.0], "item_id": "a", "start": "2026-01-01"}]},
        [{"quantiles": {"0.5": [1.0]}, "mean": [1.0]}],
        {"quantiles": {"0.5": [1.0]}},
    ],
)
def test_what_is_a_forecast(value):
    """DeepAR's, one series or several, JSON Lines; Chronos's."""
    assert len(series_in(value).predictions) == 1


@pytest.mark.parametrize(
    "value",
    [
        {"predictions": [{"mean": 0.5}]},
        {"predictions": [{"mean": [1.0], "variance": [2.0]}]},
        {"predictions": [{"mean": [[1.0, 2.0]]}]},
        {"predictions": [{"mean": []}]},
        {"predictions": [{"mean": ["a"]}]},
        {"predictions": [{"mean": [1.0], "quantiles": {"0.5": [1.0, 2.0]}}]},
        {"predictions": [{"quantiles": {"median": [1.0]}}]},
        {"predictions": [{"samples": [[1.0], [1.0, 2.0]]}]},
        {"mean": [1.0, 2.0], "std": [0.1, 0.2]},
        {"mean": [1.0, 2.0]},
        [{"mean": [1.0, 2.0]}],
        {"predictions": []},
        {"predictions": [None]},
        [],
        None,
        0.5,
    ],
)
def test_what_is_none(value):
    """A list per column, a vector per row, what is ragged or no number: other views have them."""
    assert series_in(value) is None


def test_levels_are_in_order_and_missing_values_are_nan(answer):
    """DeepAR writes "NaN" as a text."""
    (series,) = read(answer({"predictions": [{"quantiles": QUANTILES}]}))

    assert list(series.quantiles) == ["0.1", "0.5", "0.9"]
    assert series.quantiles["0.1"][0] == 1
    assert math.isnan(series.quantiles["0.1"][1])
    assert math.isnan(series.quantiles["0.5"][1])
    assert series.line[0] == "0.5"
    assert series.bands == [("0.1", "0.9")]


def test_paths_alone_have_a_mean_and_quantiles(answer):
    """``output_types: ["samples"]``."""
    (series,) = read(answer({"predictions": [{"samples": [[0.0, 10.0], [10.0, 10.0]]}]}))

    assert series.mean == [5.0, 10.0]
    assert series.quantiles == {"0.1": [1.0, 10.0], "0.5": [5.0, 10.0], "0.9": [9.0, 10.0]}


def test_what_was_sent_comes_before_it(answer):
    """DeepAR's instances, in their order."""
    sent = _sent({"instances": [{"start": "2026-01-01", "target": [1, "NaN"]}, {"target": [5.0]}]})
    first, second = read(answer({"predictions": [{"mean": [1.0]}, {"mean": [2.0]}]}, sent=sent))

    assert first.past[0] == 1
    assert math.isnan(first.past[1])
    assert second.past == [5.0]
    assert first.times is None


def test_series_are_known_by_their_names(answer):
    """Chronos says ``item_id`` and the start of the forecast; ``freq`` makes times of the steps."""
    items = [
        {"item_id": "b", "start": "2026-01-01T00:00:00", "target": [1.0, 2.0]},
        {"item_id": "a", "start": "2026-02-01T00:00:00", "target": [3.0, 4.0]},
    ]
    value = {
        "predictions": [
            {"item_id": "a", "start": "2026-02-01T02:00:00", "mean": [5.0, 6.0]},
            {"item_id": "c", "mean": [7.0, 8.0]},
        ]
    }
    first, second = read(answer(value, sent=_sent({"inputs": items, "parameters": {"freq": "1h"}})))

    assert first.past == [3.0, 4.0]
    assert [str(time) for time in first.times] == ["2026-02-01 02:00:00", "2026-02-01 03:00:00"]
    assert str(first.past_times[-1]) == "2026-02-01 01:00:00"
    assert second.name == "c"
    assert not second.past
    assert second.times is None


@pytest.mark.parametrize(
    ("start", "freq", "second"),
    [
        ("2026-01-31", "D", "2026-02-01 00:00:00"),
        ("2026-01-31", "1H", "2026-01-31 01:00:00"),
        ("2026-01-31T00:00:00+02:00", "D", "2026-02-01 00:00:00"),
        ("2026-01-31", "fortnight", None),
        ("9999-12-31", "D", None),
        ("yesterday?", "D", None),
        (7, "D", None),
    ],
)
def test_times_are_told_where_pandas_can(answer, start, freq, second):
    """Old names of frequencies too; what it can't tell leaves the steps."""
    item = {"mean": [1.0, 2.0], "start": start}
    (series,) = read(answer({"predictions": [item]}, sent=_sent({"parameters": {"freq": freq}})))

    assert (str(series.times[1]) if series.times else None) == second


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[1]",
        b"{",
        b'{"instances": 3}',
        b'{"instances": [3]}',
        b'{"instances": [{"target": "x"}]}',
        b"[" * 9_999,
    ],
)
def test_any_request_may_have_been_sent(answer, body):
    """What can't be read has no history."""
    sent = Payload(body=body, content_type="application/json")
    (series,) = read(answer({"predictions": [{"mean": [1.0]}]}, sent=sent))

    assert not series.past


def test_what_is_no_forecast_among_them_is_left_out(answer):
    """A failed series of a batch does not hide the others."""
    assert len(read(answer({"predictions": [{"mean": [1.0]}, None, {"mean": "x"}, {"mean": [2.0]}]}))) == 2
