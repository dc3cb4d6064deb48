"""Clarify's explanations: the prediction and a bar for each feature, the words of a text marked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sm_magic.messages import Facts, Payload
from sm_magic.settings import Settings
from sm_magic.views import Answer, find_table, show


def _answer_of(records, data="0.5\n", **more):
    return {
        "version": "1.0",
        "predictions": {"content_type": "text/csv; charset=utf-8", "data": data},
        "explanations": {} if records is None else {"kernel_shap": records},
        **more,
    }


# Developer Guide, "Code examples: SDK for Python", tabular and text data.
TABULAR = _answer_of(
    [
        [
            {"attributions": [{"attribution": [number]}]}
            for number in (-0.00433456, -0.005369821, 0.007917749, -0.00261214)
        ]
    ],
    "0.0006380207487381",
)
WORDS = (
    ("This", 0, -0.0073),
    ("is", 5, -0.0182),
    ("a", 8, 0.0197),
    ("good", 10, 0.1253),
    ("product", 15, 0.0329),
)
TEXT = _answer_of(
    [
        [
            {
                "attributions": [
                    {"attribution": [number], "description": {"partial_text": word, "start_idx": start}}
                    for word, start, number in WORDS
                ],
                "feature_type": "text",
            }
        ]
    ],
    "0.9766594\n",
)
CLASSES = _answer_of(
    [
        [{"feature_header": "age", "attributions": [{"attribution": [0.25, -0.25]}]}],
        None,
        [{"feature_header": "age", "attributions": [{"attribution": [-0.5, 0.5]}]}],
    ],
    "0.1,0.9\n0.5,0.5\n0.8,0.2\n",
    label_headers=["no", "yes"],
)
NONE = _answer_of(None, "0.6380207487381995")
SHOWN_AS = [
    ("Clarify, numbers", TABULAR, 1, "explanations"),
    ("Clarify, a text", TEXT, 1, "explanations"),
    ("Clarify, several labels and records", CLASSES, 3, "explanations"),
    ("Clarify, nothing explained", NONE, 1, "explanations"),
    (
        "an object with explanations of its own",
        {"predictions": [0.1, 0.2], "explanations": ["a", "b"]},
        2,
        "table",
    ),
]


@pytest.mark.parametrize(
    ("name", "value"), [("tabular", TABULAR), ("text", TEXT), ("classes", CLASSES), ("none", NONE)]
)
def test_each_answer_of_the_documentation(shown, golden, name, value):
    """Bars by what they did, words marked with their numbers, what is not explained said so."""
    made = shown(value)

    golden(f"explanations-{name}", text=made.text, html=made.html)


def test_the_farthest_from_zero_comes_first(shown):
    """Whatever its sign; the number says it, and the side of the bar."""
    lines = shown(TABULAR).text.splitlines()

    assert [line.split()[1] for line in lines[3:]] == ["2", "1", "0", "3"]
    assert lines[3].endswith("│████████████████  +0.007918")
    assert "███│" in lines[4]


def test_features_are_named_by_what_was_sent(shown):
    """A frame's columns, where Clarify was given no headers."""
    sent = Payload(body=b"1,2,3,4", content_type="text/csv", facts=Facts(names=("a", "b", "c", "<d>")))

    assert "<d>" in shown(TABULAR, sent=sent).text


@pytest.mark.parametrize(
    ("value", "columns", "rows"),
    [
        (TABULAR, ["record", "label", "feature", "attribution"], 4),
        (TEXT, ["record", "label", "feature", "text", "start", "attribution"], 5),
        (CLASSES, ["record", "label", "feature", "attribution"], 4),
        (NONE, ["prediction"], 1),
    ],
)
def test_the_frame_is_tidy(answer, value, columns, rows):
    """A row for each attribution; of what is not explained the predictions."""
    frame = find_table(answer(value))

    assert list(frame.columns) == columns
    assert len(frame) == rows


def test_many_are_counted(shown):
    """Five records, twenty features of each, five labels; how many there are is said."""
    feature = {"attributions": [{"attribution": [0.5] * 9}]}
    made = shown(_answer_of([[feature] * 30] * 7))

    assert "20 of 30 attributions" in made.text
    assert "5 of 9 labels; .frame() has all." in made.text
    assert "5 of 7 records; .frame() has all." in made.text


def test_a_text_is_marked_where_something_was_done(shown, page):
    """Words that did next to nothing are not marked; the strongest forty are."""
    parts = [
        {"attribution": [number], "description": {"partial_text": f"w{i}", "start_idx": 5 * i}}
        for i, number in enumerate([1.0, 0.001, *[0.5 + i / 1_000 for i in range(100)]])
    ]
    made = shown(_answer_of([[{"attributions": parts, "feature_type": "text"}]]))

    assert len(page(made.html).all("mark")) == 40
    assert "w1 " in made.text


SCALAR = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5)
DESCRIBED = st.fixed_dictionaries({"partial_text": st.text(max_size=5), "start_idx": st.integers()})
UNIT = st.fixed_dictionaries(
    {"attribution": st.lists(st.floats() | SCALAR, max_size=2)}, optional={"description": DESCRIBED | SCALAR}
)
FEATURE = st.fixed_dictionaries(
    {"attributions": st.lists(UNIT | SCALAR, max_size=3)}, optional={"feature_header": SCALAR}
)


@given(st.lists(st.lists(FEATURE | SCALAR, max_size=3) | SCALAR, max_size=3), st.text(max_size=9))
def test_any_answer_is_shown(page, records, data):
    """Any numbers, texts and places, some of another type: shown, sound, and a frame."""
    payload = Payload(body=b"{}", content_type="application/json")
    answer = Answer(value=_answer_of(records, data), payload=payload)
    made = show(answer, Settings())

    assert not made.text.startswith("Not shown")
    assert page(made.html).text.strip()
    assert find_table(answer) is not None


def test_its_room_is_kept(shown):
    """Ten thousand words of a text: cut to what a card holds."""
    parts = [
        {"attribution": [0.5] * 5, "description": {"partial_text": "<&>" * 20, "start_idx": 61 * i}}
        for i in range(10_000)
    ]
    made = shown(_answer_of([[{"attributions": parts, "feature_type": "text"}]] * 5))

    assert len(made.html.encode()) <= Settings().max_text
    assert len(made.text.encode()) <= Settings().max_text
