"""An answer of each shape, as an endpoint would send it: the cells of the notebook in test_gallery.py run `ask(name)`.

Each goes the whole way: encoded, sent by a function transport, decoded, shown.
"""

from __future__ import annotations

import io
import json
import math
import struct
import wave
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image, ImageDraw

from sm_magic import Client
from sm_magic.errors import CodecError
from sm_magic.messages import Payload, Request, Response
from sm_magic.result import Result
from sm_magic.transports.function import FunctionRuntime

JSON = "application/json"


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What is sent, what is answered, and what an untrusted notebook still says of it.

    answer: JSON unless it is bytes.
    """

    answer: Any
    says: tuple[str, ...]
    sent: Any = field(default_factory=lambda: {"inputs": "x"})
    sent_as: str = JSON
    answered_as: str = JSON
    options: dict[str, Any] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)


def ask(name: str) -> Result:
    """Call the endpoint of that name; of an answer that can't be read, what was kept."""
    shape = SHAPES[name]
    body = shape.answer if isinstance(shape.answer, bytes) else json.dumps(shape.answer).encode()

    def handler(request: Request) -> Response:
        told = {
            "variant": "AllTraffic",
            "request_id": "6f0c2c1e-7d1a-4b0b-9a55-0c0f1d8e2b77",
            "latency": 0.0123,
        }
        return Response(payload=Payload(body=body, content_type=shape.answered_as), **told | shape.told)

    client = Client(runtime=FunctionRuntime(handler))
    try:
        return client.invoke(shape.sent, endpoint=name, content_type=shape.sent_as, **shape.options)
    except CodecError as error:
        if error.result is None:
            raise
        return error.result


# --- what they are made of ----------------------------------------------------------------------------------


def scene() -> Image.Image:
    """A picture of two things on a ground, 480 × 320."""
    image = Image.new("RGB", (480, 320), (208, 214, 220))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 220, 480, 320), fill=(110, 140, 100))
    draw.ellipse((60, 90, 200, 230), fill=(190, 90, 60))
    draw.rectangle((280, 120, 420, 260), fill=(70, 90, 150))
    return image


def file(image: Image.Image, kind: str = "PNG") -> bytes:
    """The bytes of an image file."""
    made = io.BytesIO()
    image.save(made, kind)
    return made.getvalue()


def base64(colour: tuple[int, int, int], size: tuple[int, int] = (320, 240)) -> str:
    """A picture as JSON holds it."""
    image = Image.new("RGB", size, colour)
    ImageDraw.Draw(image).ellipse((20, 20, size[0] - 20, size[1] - 20), outline=(255, 255, 255), width=6)
    return b64encode(file(image)).decode()


def classes() -> Image.Image:
    """A map of classes as large as the scene."""
    image = Image.new("L", (480, 320), 0)
    draw = ImageDraw.Draw(image)
    draw.ellipse((60, 90, 200, 230), fill=3)
    draw.rectangle((280, 120, 420, 260), fill=15)
    return image


def mask(box: tuple[int, int, int, int]) -> str:
    """A white region on black."""
    image = Image.new("L", (480, 320), 0)
    ImageDraw.Draw(image).ellipse(box, fill=255)
    return b64encode(file(image)).decode()


def npy(array: np.ndarray) -> bytes:
    """The bytes of an npy file."""
    made = io.BytesIO()
    np.save(made, array, allow_pickle=False)
    return made.getvalue()


def npz(**arrays: np.ndarray) -> bytes:
    """The bytes of an npz file."""
    made = io.BytesIO()
    np.savez(made, **arrays)
    return made.getvalue()


def wav(seconds: float = 1.5, rate: int = 16_000) -> bytes:
    """A tone of 440 Hz."""
    made = io.BytesIO()
    with wave.open(made, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        tone = 8_000 * np.sin(np.arange(int(seconds * rate)) * 440 * 2 * math.pi / rate)
        out.writeframes(tone.astype("<i2").tobytes())
    return made.getvalue()


def mp4() -> bytes:
    """The boxes that tell the length, without a picture."""

    def box(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I4s", len(content) + 8, name) + content

    ticks = bytes(4) + struct.pack(">IIII", 0, 0, 1_000, 12_000) + bytes(80)
    return box(b"ftyp", b"isom" + bytes(8)) + box(b"moov", box(b"mvhd", ticks))


def forecast(name: str, level: float) -> dict[str, Any]:
    """A day ahead of one series."""
    mean = [round(level + 3 * math.sin(i / 4), 3) for i in range(24)]
    bands = {q: [round(m + d * (1 + i / 24), 3) for i, m in enumerate(mean)] for q, d in QUANTILES.items()}
    return {"item_id": name, "start": "2026-11-21T00:00:00", "mean": mean, **bands}


QUANTILES = {"0.1": -2.0, "0.25": -1.0, "0.75": 1.0, "0.9": 2.0}
SERIES = {"store 1 / umbrellas": 20.0, "store 2 / 傘": 12.0, "store 3": 31.0}
HISTORY = {
    "inputs": [
        {
            "item_id": name,
            "start": "2026-11-18T00:00:00",
            "target": [round(level + 3 * math.sin(i / 4) + (i % 5) / 4, 2) for i in range(72)],
        }
        for name, level in SERIES.items()
    ],
    "parameters": {"prediction_length": 24, "freq": "1h"},
}
ADDRESS = (
    "My name is Wolfgang Amadeus and I live in Berlin, near the Brandenburg Gate; 東京 is far from here."
)
ENTITIES = [
    {"entity_group": "PER", "score": 0.9984534978866577, "word": "Wolfgang Amadeus", "start": 11, "end": 27},
    {"entity_group": "LOC", "score": 0.9957, "word": "Berlin", "start": 42, "end": 48},
    {"entity_group": "LOC", "score": 0.87, "word": "Brandenburg Gate", "start": 59, "end": 75},
    {"entity_group": "LOC", "score": 0.91, "word": "東京", "start": 77, "end": 79},
]
SENTENCES = [
    "A cat sits on the mat.",
    "A kitten lies on a rug.",
    "Stocks fell on Monday.",
    "猫がマットの上に座る。",
]
VECTORS = np.random.default_rng(5).normal(size=(4, 384)) + np.array([[1.0], [0.9], [-0.2], [0.7]])
STORY = (
    "Once upon a time there was a model that answered every question with another one.\n\n"
    "Its users grew patient. “What is the **weather**?” they asked, and it said: “What is weather?”\n"
    "- they noted this\n- and went on asking\n\n"
    + "It was a long winter, and the answers were long too. "
    * 12
)
CHAT = {
    "id": "chatcmpl-1",
    "model": "openai/gpt-oss-20b",
    "choices": [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": "It **rains** in Paris; take an umbrella.\n\n```python\nprint('umbrella')\n```",
                "reasoning_content": "The user asks for the weather. " * 20,
                "tool_calls": [
                    {
                        "function": {
                            "name": "get_weather",
                            "arguments": '{"city": "Paris", "unit": "celsius"}',
                        }
                    },
                    {
                        "function": {
                            "name": "search_the_web_for",
                            "arguments": json.dumps({"query": "word " * 40}),
                        }
                    },
                ],
            },
            "finish_reason": "tool_calls",
        }
    ],
    "usage": {"prompt_tokens": 1_250, "completion_tokens": 64, "total_tokens": 1_314},
}
TREE = {
    "model": {"name": "churn", "version": 7, "metrics": {"auc": 0.93125, "f1": None, "ok": True}},
    "notes": "A sentence of a long explanation that nobody will read to its end. " * 12,
    "path": "/opt/ml/model/" + "a_very_long_folder_name_without_any_space_" * 5,
    "nested": [{"level": 1, "inner": [{"level": 2, "inner": [{"level": 3, "text": "deep"}]}]}],
    "numbers": [i / 7 for i in range(60)],
    "empty": {},
}
PEOPLE = pd.DataFrame(
    {
        "id": range(1, 151),
        "name": ["Ada Lovelace", "Grace Hopper", "東京 太郎"] * 50,
        "score": np.linspace(0.00123, 0.98765, 150),
        "born": pd.Series(pd.date_range("1990-01-01", periods=150)).astype(str),
        "comment": ["short", None, "a longer comment that goes on for quite a while, as comments do"] * 50,
    }
)
WIDE = pd.DataFrame(np.arange(900.0).reshape(30, 30) / 7, columns=[f"feature_{i:02}" for i in range(30)])
AGES = [("age", 0.412), ("income", -0.3051), ("account_length_in_months", 0.0521), ("city=Berlin", -0.0104)]
REVIEW = [
    ("This", 0, -0.0073),
    ("is", 5, -0.0182),
    ("a", 8, 0.0197),
    ("good", 10, 0.1253),
    ("product", 15, 0.0329),
]


def explained(features: list[dict[str, Any]], prediction: str) -> dict[str, Any]:
    """Clarify's answer for one record."""
    return {
        "version": "1.0",
        "predictions": {"content_type": "text/csv; charset=utf-8", "data": prediction},
        "explanations": {"kernel_shap": [features]},
    }


def csv(frame: pd.DataFrame) -> bytes:
    """A CSV with its names."""
    text: str = frame.to_csv(index=False)
    return text.encode()


# --- the shapes ---------------------------------------------------------------------------------------------

ON_IMAGE: dict[str, Any] = {"sent": scene(), "sent_as": "image/png"}
FRAME: dict[str, Any] = {"sent": pd.DataFrame(np.ones((3, 4)), columns=list("abcd")), "sent_as": "text/csv"}
SHAPES = {
    "table": Shape(answer=csv(PEOPLE), answered_as="text/csv", says=("20 of 150 rows", "Grace Hopper")),
    "wide-table": Shape(answer=csv(WIDE), answered_as="text/csv", says=("20 of 30 columns", "feature_03")),
    "table-in-json": Shape(
        answer={
            "predictions": [{"score": 0.4, "predicted_label": 0}, {"score": 0.75, "predicted_label": 1}],
            "model": "m",
        },
        says=("predicted_label", "0.75", "also in the answer"),
    ),
    "probabilities": Shape(
        answer={"probabilities": [0.01, 0.97, 0.02], "labels": ["tabby cat", "tiger cat", "Egyptian cat"]},
        says=("tiger cat", "0.9700"),
        **ON_IMAGE,
    ),
    "zero-shot": Shape(
        answer={
            "sequence": "The train to Ulm is late.",
            "labels": ["travel", "cooking", "a label of many words that goes on and on"],
            "scores": [0.91, 0.06, 0.03],
        },
        says=("travel", "0.9100", "The train to Ulm is late."),
    ),
    "spans": Shape(answer=ENTITIES, sent={"inputs": ADDRESS}, says=("Wolfgang Amadeus", "PER", "0.9957")),
    "question": Shape(
        answer={"score": 0.97, "start": 42, "end": 48, "answer": "Berlin"},
        sent={"inputs": {"question": "Where do I live?", "context": ADDRESS}},
        says=("question: Where do I live?", "Berlin", "0.97"),
    ),
    "embeddings": Shape(
        answer={"embeddings": VECTORS.round(4).tolist()},
        sent={"inputs": SENTENCES},
        says=("4 vectors of 384 numbers", "cosine similarity", "A kitten lies on a rug."),
    ),
    "many-embeddings": Shape(
        answer={"embeddings": np.random.default_rng(6).normal(size=(40, 16)).round(3).tolist()},
        says=("40 vectors of 16 numbers", "20 of 40 rows"),
    ),
    "similarity": Shape(
        answer=[0.91, 0.08, 0.77],
        sent={"inputs": {"source_sentence": SENTENCES[0], "sentences": SENTENCES[1:]}},
        says=("compared with: A cat sits on the mat.", "0.77"),
    ),
    "tree": Shape(answer=TREE, says=('"metrics"', "0.93125", '"deep"')),
    "image": Shape(answer=file(scene()), answered_as="image/png", says=("480 × 320 pixels", "RGB")),
    "digit": Shape(
        answer=file(Image.fromarray((np.arange(64, dtype="u1") * 4).reshape(8, 8))),
        answered_as="image/png",
        says=("8 × 8 pixels",),
    ),
    "picture": Shape(
        answer={"generated_image": base64((180, 60, 60)), "prompt": "a red card with a ring"},
        says=("320 × 240 pixels", "a red card with a ring"),
    ),
    "pictures": Shape(
        answer={
            "artifacts": [
                {"base64": base64((40 * i, 90, 200 - 40 * i)), "seed": 100 + i, "finishReason": "SUCCESS"}
                for i in range(4)
            ]
        },
        says=("4 pictures", "finishReason", "103"),
    ),
    "rgb-lists": Shape(
        answer={"generated_images": [np.asarray(scene().resize((48, 32))).tolist()], "prompt": "a ball and a box"},
        says=("48 × 32 pixels", "a ball and a box"),
    ),
    "boxes": Shape(
        answer=[
            {"label": "ball", "score": 0.98, "box": {"xmin": 60, "ymin": 90, "xmax": 200, "ymax": 230}},
            {"label": "box", "score": 0.71, "box": {"xmin": 280, "ymin": 120, "xmax": 420, "ymax": 260}},
        ],
        says=("2 boxes on the picture that was sent", "ball", "280"),
        **ON_IMAGE,
    ),
    "boxes-ssd": Shape(
        answer={"prediction": [[3, 0.9, 0.125, 0.28, 0.42, 0.72], [7, 0.1, 0.0, 0.0, 0.25, 0.25]]},
        says=("the best 1 of 2 boxes", "0.9"),
        **ON_IMAGE,
    ),
    "mask": Shape(answer=file(classes()), answered_as="image/png", says=("3 classes", "% of the pixels"), **ON_IMAGE),
    "masks": Shape(
        answer=[
            {"label": "ball", "score": 0.99, "mask": mask((60, 90, 200, 230))},
            {"label": "box", "score": 0.8, "mask": mask((280, 120, 420, 260))},
        ],
        says=("ball", "score 0.99"),
        **ON_IMAGE,
    ),
    "forecast": Shape(
        answer={"predictions": [forecast(name, level) for name, level in SERIES.items()]},
        sent=HISTORY,
        says=("3 series of 24 steps", "store 2 / 傘", "2026-11-21 01:00"),
    ),
    "forecast-one": Shape(
        answer={
            "predictions": [
                {"mean": [10.0, 11.5, 12.0], "quantiles": {"0.9": [12.0, 14.0, 15.5], "0.1": [8.0, 8.5, 8.25]}}
            ]
        },
        sent={"instances": [{"start": "2026-01-01 00:00:00", "target": [9.0, 8.0, 10.0, 9.5]}]},
        says=("1 series of 3 steps", "15.5"),
    ),
    "explanations": Shape(
        answer=explained([{"feature_header": n, "attributions": [{"attribution": [v]}]} for n, v in AGES], "0.6380\n"),
        says=("account_length_in_months", "-0.3051", "record 0: prediction 0.638"),
        **FRAME,
    ),
    "explanations-text": Shape(
        answer=explained(
            [
                {
                    "feature_type": "text",
                    "attributions": [
                        {"attribution": [number], "description": {"partial_text": word, "start_idx": start}}
                        for word, start, number in REVIEW
                    ],
                }
            ],
            "0.9766594\n",
        ),
        says=("good", "+0.1253", "product"),
    ),
    "generated": Shape(answer=[{"generated_text": STORY}], says=("Once upon a time", "and went on asking")),
    "chat": Shape(answer=CHAT, says=("It **rains** in Paris", "get_weather", "1,250 prompt", "Reasoning")),
    "speech": Shape(
        answer={"text": " Hello world. It rains.", "chunks": [{"timestamp": [0.0, 1.5], "text": " Hello world."},
                                                            {"timestamp": [1.5, 2.75], "text": " It rains."}]},
        sent=wav(0.1), sent_as="audio/wav",
        says=("Hello world.", "2.75"),
    ),
    "tensors": Shape(
        answer={
            "model_name": "densenet",
            "outputs": [
                {"name": "probs", "datatype": "FP32", "shape": [2, 3], "data": [0.1, 0.2, 0.7, 0.3, 0.3, 0.4]},
                {"name": "label", "datatype": "BYTES", "shape": [2], "data": ["tabby cat", "dog"]},
                {"name": "maps", "datatype": "INT64", "shape": [2, 2, 2], "data": list(range(8))},
            ],
        },
        says=("probs · FP32 · 2 × 3", "tabby cat"),
    ),
    "npz": Shape(
        answer=npz(x=np.arange(12.0).reshape(4, 3), y=np.arange(4)), answered_as="application/x-npz",
        says=("x · float64 · 4 × 3", "y · int64 · 4"),
    ),
    "array": Shape(
        answer=npy(np.arange(2 * 30 * 40, dtype="f4").reshape(2, 30, 40) / 9), answered_as="application/x-npy",
        says=("array, 2 × 30 × 40", "float32"),
    ),
    "audio": Shape(answer=wav(), answered_as="audio/wav", says=("16,000 Hz", "1.50 s")),
    "video": Shape(answer=mp4(), answered_as="video/mp4", says=("video/mp4", "12.00 s")),
    "text": Shape(answer=STORY.encode(), answered_as="text/plain; charset=utf-8", says=("Once upon a time", "weather")),
    "markdown": Shape(
        answer=(
            b"# Weather\n\nIt **rains** in `Paris`; see [the site](https://example.com).\n\n- one\n- two\n\n"
            b"> a quotation\n\n| city | mm |\n|---|---|\n| Paris | 12 |\n| Ulm | 3 |\n\n```python\nprint(1)\n```\n"
        ),
        answered_as="text/markdown",
        options={"view": "markdown"},
        says=("Weather", "Paris", "a quotation"),
    ),
    "html": Shape(
        answer=b"<h1>Report</h1><p style='color:teal'>All is well.</p><script>alert(1)</script>",
        answered_as="text/html",
        options={"view": "html"},
        says=("Source", "All is well."),
    ),
    "empty": Shape(answer=b"", says=("The answer is empty",)),
    "bytes": Shape(answer=bytes(range(256)) * 40, answered_as="application/x-own", says=("10.2 kB", "00 01 02")),
    "told": Shape(
        answer={"predictions": [3, 1, 2]},
        sent=PEOPLE.head(3),
        sent_as="text/csv",
        options={"drop": ["id"], "session_id": "NEW_SESSION", "custom_attributes": "trace=1"},
        told={
            "custom_attributes": "model=churn-rf;version=7;note=" + "a long note " * 8,
            "new_session_id": "5f8d2c34-1c5b-4b0e-8d2e-3f1f6a7c9b11; Expires=2026-11-21T10:00:00Z",
            "closed_session_id": "11111111-1c5b-4b0e-8d2e-3f1f6a7c9b11",
            "attempts": 3,
            "latency": 12.5,
        },
        says=("model = churn-rf", "5f8d2c34", "Columns left out: id", "3 attempts", "Columns that hold no numbers"),
    ),
    "unreadable": Shape(answer=b'{"predictions": [1, 2', says=("line 1, column 22", '{"predictions"')),
}  # fmt: skip
