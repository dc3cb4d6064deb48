"""Forecasts: a line with its band after what is known, and the numbers of it."""

import json

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sm_magic.messages import Payload
from sm_magic.settings import Settings
from sm_magic.views import Answer, find_table, show

DEEPAR = {
    "predictions": [
        {
            "mean": [10.0, 11.5, 12.0],
            "quantiles": {"0.9": [12.0, 14.0, 15.5], "0.1": [8.0, 8.5, 8.25], "0.5": [10.0, 11.0, 12.0]},
        }
    ]
}
CHRONOS = {
    "predictions": [
        {
            "mean": [1.0, 2.0],
            "0.1": [0.0, 1.0],
            "0.9": [2.0, 3.0],
            "item_id": name,
            "start": "2026-11-21T00:00:00",
        }
        for name in ("product_A", "東京", "<b>")
    ]
}
REQUEST = Payload(
    body=json.dumps({"instances": [{"start": "2026-01-01 00:00:00", "target": [9.0, "NaN", 10.0]}]}).encode(),
    content_type="application/json",
)
HOURLY = Payload(body=b'{"inputs": [], "parameters": {"freq": "1h"}}', content_type="application/json")
SHOWN_AS = [
    ("DeepAR", DEEPAR, 1, "forecast", REQUEST),
    ("DeepAR, the mean alone", {"predictions": [{"mean": [1.0, 2.0]}]}, 1, "forecast"),
    ("DeepAR, samples alone", {"predictions": [{"samples": [[1.0, 2.0], [2.0, 3.0]]}]}, 1, "forecast"),
    ("DeepAR, JSON Lines", DEEPAR["predictions"], 1, "forecast"),
    ("Chronos", CHRONOS, 3, "forecast", HOURLY),
    ("means and deviations of rows", {"mean": [1.0, 2.0], "std": [0.5, 0.25]}, 2, "table"),
    ("a mean a row", {"predictions": [{"mean": 0.5}, {"mean": 0.25}]}, 2, "table"),
]
PLAIN = Settings(html=False)


def test_one_series_after_what_was_sent(shown, golden):
    """Without a picture: small bars; below them the steps with all quantiles in order."""
    made = shown(DEEPAR, sent=REQUEST, settings=PLAIN)

    golden("forecast", text=made.text, html=made.html)


def test_several_series_with_names_and_times(shown, golden):
    """Each by its name, whatever it is; the time of each step."""
    made = shown({**CHRONOS, "model": "chronos-2"}, sent=HOURLY, settings=PLAIN)

    golden("forecast-series", text=made.text, html=made.html)


def test_a_picture_where_there_is_matplotlib(shown, page):
    """A PNG with alternative text; the table stays."""
    pytest.importorskip("matplotlib")
    found = page(shown(CHRONOS, sent=HOURLY).html)
    (image,) = found.all("img")

    assert image["src"].startswith("data:image/png;base64,")
    assert image["alt"] == "Chart of the forecast: product_A, 東京, <b>"
    assert "2026-11-21 01:00" in found.text
    assert "3 series of 2 steps · line: mean · band: 0.1 to 0.9" in found.text


def test_the_frame_is_tidy(answer):
    """A row for each step of each series; times as times."""
    frame = find_table(answer(CHRONOS, sent=HOURLY))

    assert list(frame.columns) == ["series", "step", "time", "mean", "0.1", "0.9"]
    assert frame["series"].tolist() == ["product_A"] * 2 + ["東京"] * 2 + ["<b>"] * 2
    assert frame["step"].tolist() == [1, 2] * 3
    assert frame["time"][1] == pd.Timestamp("2026-11-21 01:00")
    assert frame["0.9"].tolist() == [2.0, 3.0] * 3


def test_series_of_several_levels_are_one_frame(answer):
    """What one of them has not is missing."""
    value = {"predictions": [{"mean": [1.0]}, {"quantiles": {"0.5": [2.0]}}]}
    frame = find_table(answer(value))

    assert frame["mean"].isna().tolist() == [False, True]
    assert frame["0.5"].isna().tolist() == [True, False]


def test_many_series_are_counted(shown):
    """Six are drawn; the table counts the steps of all."""
    text = shown({"predictions": [{"mean": [1.0, 2.0]}] * 500}, settings=PLAIN).text

    assert text.startswith("6 of 500 series of 2 steps")
    assert "20 of 1,000 rows" in text


def test_a_long_past_is_cut(shown):
    """Three times the forecast, or sixty values; the sentence says of how many."""
    sent = Payload(
        body=json.dumps({"instances": [{"target": [1.0] * 500}]}).encode(), content_type="application/json"
    )

    assert "the last 60 of 500 values sent" in shown(DEEPAR, sent=sent, settings=PLAIN).text


NUMBER = st.floats() | st.none() | st.just("NaN")


@given(st.data())
def test_any_forecast_is_shown(page, data):
    """Any numbers, any names, any lengths: within its room, and sound."""
    steps = data.draw(st.integers(1, 4))
    line = st.lists(NUMBER, min_size=steps, max_size=steps)
    level = st.sampled_from(["0.1", "0.5", ".25", "0.999999"])
    item = st.fixed_dictionaries(
        {"mean": line},
        optional={"quantiles": st.dictionaries(level, line), "item_id": st.text() | st.integers()},
    )
    value = {"predictions": data.draw(st.lists(item, min_size=1, max_size=8))}
    payload = Payload(body=b"{}", content_type="application/json")
    made = show(Answer(value=value, payload=payload), PLAIN)

    assert not made.text.startswith("Not shown")
    assert page(made.html).text.strip()


def test_its_room_is_kept(shown):
    """A thousand rows of a hundred quantiles: cut to what a card holds, the picture apart."""
    levels = {f"0.{i:03}": [1 / 3] * 1_000 for i in range(1, 100)}
    made = shown(
        {"predictions": [{"quantiles": levels}]},
        settings=Settings(max_rows=1_000, max_columns=100, html=False),
    )

    assert len(made.html.encode()) <= Settings().max_text
    assert len(made.text.encode()) <= Settings().max_text
