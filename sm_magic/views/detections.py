"""The boxes that a model found in a picture, in each of the ways in which containers write them.

MXNet's SSD and its annotations, TensorFlow's and JumpStart's lists, TensorFlow Serving's tensors, torchvision's
dictionaries, Hugging Face's objects.  What is read has one form: a label, a score, left, top, right, bottom.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from .cells import is_number

Box = tuple[float, float, float, float]
"""left, top, right, bottom; from 0 to 1, or pixels."""
Size = tuple[int, int]
"""width, height in pixels."""

_NORMAL: Final = 1.5  # Coordinates up to this are shares of the picture; some reach a little over its edge.
_MOST: Final = 100_000  # boxes


@dataclass(frozen=True, slots=True)
class Detection:
    """One box: what is in it, and how sure the model is, if it says so."""

    label: str
    score: float | None
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Detections:
    """All boxes, best first.

    shares: whether the coordinates are shares of the picture's width and height, not pixels.
    size: of the picture that the pixels belong to, if the answer says so.
    rest: what else the answer held.
    """

    found: Sequence[Detection]
    shares: bool = False
    size: Size | None = None
    rest: Mapping[str, object] = field(default_factory=dict)

    def within(self, size: Size | None) -> Sequence[Detection]:
        """The boxes in pixels of a picture of that size; as they came if nobody knows it."""
        own = (1, 1) if self.shares else self.size
        size = size or self.size
        if size is None or own is None or own == size:
            return self.found
        x, y = size[0] / own[0], size[1] / own[1]
        return [replace(one, box=_scaled(one.box, x, y)) for one in self.found]


def read(value: object) -> Detections | None:
    """The boxes in a decoded JSON answer; None if it holds none."""
    try:
        found = _read(value)
    except (TypeError, ValueError, LookupError, AttributeError, OverflowError):
        return None  # it only began like one
    if found is None:
        return None
    ordered = sorted(found.found, key=lambda one: -1.0 if one.score is None else one.score, reverse=True)
    return replace(found, found=ordered)


def _read(value: object) -> Detections | None:
    if isinstance(value, list):
        return _of_list(value)
    if not isinstance(value, dict):
        return None
    for key, reader in _OF_OBJECTS:
        if key in value and (found := reader(value)) is not None:
            return found
    inner = value.get("predictions")
    if not isinstance(inner, list):
        return None
    found = _of_list(inner)
    rest = {key: item for key, item in value.items() if key != "predictions"}
    return None if found is None else replace(found, rest={**found.rest, **rest})


def _of_list(value: list[Any]) -> Detections | None:
    """Hugging Face's objects, bare or once more in a list; or one picture's dictionary."""
    first = value[0] if value else None
    if isinstance(first, dict) and "box" in first:
        return _objects(value)
    if len(value) == 1 and isinstance(first, dict):
        return next((found for key, of in _OF_OBJECTS if key in first and (found := of(first))), None)
    if len(value) == 1 and isinstance(first, list) and first and isinstance(first[0], dict):
        return _of_list(first)
    return None


# --- one function for each way ------------------------------------------------------------------------------


def _ssd(value: dict[str, Any]) -> Detections | None:
    """``{"prediction": [[class, score, xmin, ymin, xmax, ymax], …]}``, shares; class -1 fills up what was not found."""
    rows = value["prediction"]
    if not isinstance(rows, list) or len(rows) > _MOST or any(not _is_ssd(row) for row in rows):
        return None
    found = [Detection(_name(row[0]), float(row[1]), _box(row[2:])) for row in rows if row[0] >= 0]
    return Detections(found=found, shares=True, rest=_without(value, "prediction"))


def _is_ssd(row: object) -> bool:
    """A class's number, a score, and four coordinates."""
    return (
        isinstance(row, list)
        and len(row) == 6
        and all(is_number(part) for part in row)
        and float(row[0]).is_integer()
        and (0 <= row[1] <= 1 or row[0] < 0)
    )


def _annotations(value: dict[str, Any]) -> Detections | None:
    """``annotations`` of ``class_id``, ``score``, ``left``, ``top``, ``width``, ``height``; ``image_size``; pixels."""
    rows = value["annotations"]
    if not isinstance(rows, list) or len(rows) > _MOST or not (rows or "image_size" in value):
        return None
    found = [
        Detection(
            _name(row.get("label", row.get("class_id"))),
            _score(row.get("score")),
            _box((row["left"], row["top"], row["left"] + row["width"], row["top"] + row["height"])),
        )
        for row in rows
    ]
    size = value.get("image_size")
    size = size[0] if isinstance(size, list) and size else size
    known = (int(size["width"]), int(size["height"])) if isinstance(size, dict) else None
    if known is not None and min(known) < 1:
        return None
    return Detections(found=found, size=known, rest=_without(value, "annotations", "image_size"))


def _lists(value: dict[str, Any]) -> Detections | None:
    """``normalized_boxes`` or ``boxes`` of left, top, right, bottom; ``classes``, ``scores``, ``labels``.

    JumpStart's ``labels`` names all classes, and ``classes`` counts in it (TensorFlow, ``;verbose``); torchvision's
    are the boxes' own.
    """
    shares = "normalized_boxes" in value
    boxes = [_box(box) for box in value["normalized_boxes" if shares else "boxes"][:_MOST]]
    names, classes, scores = value.get("labels"), value.get("classes"), value.get("scores")
    if classes is None:
        classes, names = names, None
    if classes is None or scores is None or not len(boxes) == len(classes) == len(scores):
        return None
    labels = [_named(of, names) for of in classes]
    found = [Detection(*parts) for parts in zip(labels, map(_score, scores), boxes, strict=True)]
    shares = shares or _are_shares(boxes, _NORMAL)
    keys = ("normalized_boxes", "boxes", "classes", "scores", "labels")
    return Detections(found=found, shares=shares, rest=_without(value, *keys))


def _tensors(value: dict[str, Any]) -> Detections | None:
    """TensorFlow's detection models: ``detection_boxes`` of ymin, xmin, ymax, xmax, which are shares."""
    boxes, classes, scores = (value[f"detection_{part}"] for part in ("boxes", "classes", "scores"))
    count = min(len(boxes), int(value.get("num_detections", len(boxes))), _MOST)
    found = [
        Detection(_name(classes[i]), _score(scores[i]), _box([boxes[i][axis] for axis in (1, 0, 3, 2)]))
        for i in range(count)
    ]
    rest = {key: item for key, item in value.items() if not key.startswith(("detection_", "raw_detection_"))}
    return Detections(found=found, shares=True, rest=_without(rest, "num_detections"))


def _objects(rows: list[Any]) -> Detections | None:
    """``[{"label": …, "score": …, "box": {"xmin": …, "ymin": …, "xmax": …, "ymax": …}}, …]`` in pixels."""
    if len(rows) > _MOST:
        return None
    sides = ("xmin", "ymin", "xmax", "ymax")
    found = [
        Detection(_name(row.get("label")), _score(row.get("score")), _box([row["box"][s] for s in sides]))
        for row in rows
    ]
    return Detections(found=found, shares=_are_shares([one.box for one in found], 1))


_OF_OBJECTS: Final[tuple[tuple[str, Callable[[dict[str, Any]], Detections | None]], ...]] = (
    ("prediction", _ssd),
    ("annotations", _annotations),
    ("normalized_boxes", _lists),
    ("boxes", _lists),
    ("detection_boxes", _tensors),
)


# --- their parts --------------------------------------------------------------------------------------------


def _box(sides: Sequence[Any]) -> Box:
    left, top, right, bottom = map(_finite, sides)
    return left, top, right, bottom


def _finite(number: Any) -> float:
    """A coordinate; ValueError if it is none."""
    if not is_number(number) or not abs(float(number)) < 1e7:
        raise ValueError("a box has four numbers")
    return float(number)


def _are_shares(boxes: Sequence[Box], most: float) -> bool:
    """Whether no coordinate is above *most*, and some are no whole pixels."""
    return all(max(box) <= most for box in boxes) and any(side % 1 for box in boxes for side in box)


def _scaled(box: Box, x: float, y: float) -> Box:
    return box[0] * x, box[1] * y, box[2] * x, box[3] * y


def _score(score: Any) -> float | None:
    return None if score is None else _finite(score)


def _name(label: Any) -> str:
    """A class by its name, or its number: 3.0 is class 3."""
    if is_number(label) and float(label).is_integer():
        return str(int(label))
    return "" if label is None else str(label)


def _named(of: Any, names: Any) -> str:
    """The name of class *of*, if it is a place in *names*."""
    if isinstance(names, list) and is_number(of) and 0 <= of < len(names):
        return _name(names[int(of)])
    return _name(of)


def _without(value: Mapping[str, Any], *keys: str) -> dict[str, object]:
    return {key: item for key, item in value.items() if key not in keys}
