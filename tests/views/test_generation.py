"""Generated text and chats: the text itself, and in a line or two what the server told about it."""

import pytest

from sm_magic.settings import Settings
from sm_magic.views import find_table

CHAT = {
    "id": "chat-1",
    "model": "qwen",
    "choices": [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": "It **rains** in Paris.\n\n- Take an umbrella.",
                "reasoning_content": "The user asks about the weather.\nI have a tool for that.",
                "tool_calls": [
                    {"id": "c1", "function": {"name": "weather", "arguments": '{"city": "Paris"}'}},
                    {"id": "c2", "function": {"name": "map", "arguments": "{}"}},
                ],
            },
            "finish_reason": "tool_calls",
            "logprobs": None,
        }
    ],
    "usage": {"prompt_tokens": 12, "completion_tokens": 1_064, "total_tokens": 1_076},
}
LONG = "It was a dark and stormy night. " * 20
SHOWN_AS = [
    ("generated text of JumpStart", {"generated_text": "Once upon a time"}, None, "generation"),
    ("LMI with details", {"generated_text": "x", "details": {"finish_reason": "eos_token"}}, None, "generation"),
    ("a chat with tool calls", CHAT, None, "generation"),
    ("a completion", {"choices": [{"text": "Hello", "finish_reason": "length"}]}, None, "generation"),
    ("a summary", [{"summary_text": "Short."}], 1, "generation"),
    ("two translations", [{"translation_text": "eins"}, {"translation_text": "zwei"}], 2, "generation"),
    ("speech to text", {"text": " Hello."}, None, "generation"),
    ("speech to text, JumpStart", {"text": [" Hello."]}, None, "generation"),
    ("a conversation", {"generated_text": "Hi", "conversation": {"past_user_inputs": ["Hello"]}}, None, "generation"),
    ("a table of texts", [{"text": "a", "year": 1}, {"text": "b", "year": 2}], 2, "table"),
]  # fmt: skip


def test_a_chat(shown, golden):
    """Reasoning folded above the text, tool calls below it, why it ended and what it took in one line."""
    made = shown(CHAT)

    golden("generation", text=made.text, html=made.html)


def test_markdown_when_asked(shown, golden, page):
    """The text of the answer is laid out, not the JSON around it."""
    made = shown(CHAT, view="markdown")

    assert page(made.html).all("strong")
    assert page(made.html).all("li")
    assert page(made.html).all("details")
    golden("generation-markdown", text=made.text, html=made.html)
    assert not page(shown(CHAT).html).all("strong")


def test_reasoning_starts_folded(shown, page):
    """It is there to be opened, and to be found."""
    made = shown(CHAT)

    assert page(made.html).all("details") == [{}]
    assert made.html.index("The user asks") < made.html.index("It **rains**")


def test_several_are_numbered(shown, page):
    """Each with why it ended; the counts are of all."""
    made = shown(
        [{"generated_text": t, "details": {"finish_reason": "length", "generated_tokens": 2}} for t in "ab"]
    )

    assert made.text == (
        "1 of 2 · finish_reason: length\n\na\n\n2 of 2 · finish_reason: length\n\nb\n\ntokens: 4 generated"
    )
    assert [piece for piece in page(made.html).pieces if piece.strip()] == made.text.split("\n\n")


def test_many_are_cut(shown):
    """As many as a table has rows, and of how many."""
    made = shown([{"summary_text": f"text {i}"} for i in range(300)], settings=Settings(max_rows=3))

    assert made.text.startswith("3 of 300 texts\n\n1 of 300\n\ntext 0")
    assert "text 3" not in made.text


def test_speech_with_times(shown):
    """The text, and a row for each part of it, without the space that each begins with."""
    chunks = [{"timestamp": [0.0, 2.5], "text": " Hello"}, {"timestamp": [2.5, 4.0], "text": " there"}]
    made = shown({"text": " Hello there", "chunks": chunks})

    assert made.text.startswith("Hello there\n\ntimestamps: 2 rows × 3 columns\nstart  end  text")
    assert made.text.splitlines()[-2:] == ["  0.0  2.5  Hello", "  2.5  4.0  there"]


def test_what_stood_beside_it(shown):
    """Ids, log probabilities, warnings are not lost."""
    assert shown(CHAT).text.endswith('also in the answer: {"id": "chat-1", "model": "qwen"}')


def test_a_model_that_said_nothing(shown):
    """It is told, not left out; a call of tools alone is enough."""
    assert shown({"choices": [{"message": {"content": None}, "finish_reason": "stop"}]}).text == (
        "The answer is empty.\n\nfinish_reason: stop"
    )
    call = {"content": None, "tool_calls": [{"function": {"name": "a", "arguments": ""}}]}
    assert shown({"choices": [{"message": call}]}).text == "1 tool call: name, arguments\na  {}"


def test_counts_of_other_things(shown):
    """A usage that counts no tokens is told by its names."""
    text = shown({"text": "a", "usage": {"seconds": 3.5, "tokens": 7, "odd": "x"}}).text

    assert text.endswith("tokens: 7 · seconds: 3.5")


@pytest.mark.parametrize(
    ("value", "columns", "rows"),
    [
        ([{"generated_text": "a"}, {"generated_text": "b"}], ["generated_text"], 2),
        (CHAT, ["content", "reasoning", "tool_calls", "finish_reason"], 1),
        ({"text": "ab", "chunks": [{"timestamp": [0, 1], "text": "a"}, {"timestamp": [1, 2], "text": "b"}]},
         ["start", "end", "text"], 2),
    ],
)  # fmt: skip
def test_its_frame(answer, value, columns, rows):
    """A row for each text, or for each part that has its time."""
    frame = find_table(answer(value))

    assert list(frame.columns) == columns
    assert len(frame) == rows


@pytest.mark.parametrize(
    "value",
    [
        {"generated_text": "<&\"'" * 100_000},
        [{"generated_text": "é" * 20_000}] * 100,
        {"choices": [{"message": {"content": "a" * 300_000, "reasoning": "b" * 300_000}}], "id": "c" * 300_000},
        {"choices": [{"message": {"tool_calls": [{"function": {"name": "n" * 999, "arguments": "<" * 9_000}}] * 500}}]},
        {"text": "a", "chunks": [{"timestamp": [0, 1], "text": "x" * 9_000}] * 9_000},
        {"choices": [{"text": "a", "finish_reason": "f" * 300_000}] * 30, "usage": {"u" * 999: 1, "p_tokens": 10**400}},
    ],
)  # fmt: skip
@pytest.mark.parametrize("view", ["auto", "markdown"])
def test_it_is_capped(shown, value, view):
    """No text, reasoning, call or count fills a notebook."""
    made = shown(value, view=view)

    assert len(made.html.encode()) < 256 * 1024
    assert len(made.text.encode()) < 256 * 1024
    assert made.text.strip()
