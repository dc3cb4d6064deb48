from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps

pytestmark = pytest.mark.server
Invoke = Callable[..., tuple[bytes, dict[str, Any]]]
VARIANTS = ["champion", "challenger"]


@pytest.fixture(scope="module")
def digits() -> Any:
    """scikit-learn's digits."""
    from sklearn.datasets import load_digits

    return load_digits()


def picture(image: Any, kind: str = "PNG", scale: int = 1) -> bytes:
    """A digit as a file, each pixel *scale* pixels wide."""
    pixels = np.kron((image / 16 * 255).astype(np.uint8), np.ones((scale, scale), dtype=np.uint8))
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize("variant", VARIANTS)
def test_it_reads_digits_it_has_not_learnt(variant: str, digits: Any, cache: None) -> None:
    """Both variants read at least 85 % of the 297 digits that are new to them."""
    from sm_magic.local.models.digits import LEARNT, model
    from sm_magic.local.wire import Call

    classify = model(variant)
    right = 0
    for image, target in zip(digits.images[LEARNT:], digits.target[LEARNT:], strict=True):
        answer = classify(Call(endpoint="digits", body=picture(image), members={"content_type": "image/png"}))
        right += json.loads(answer.body)["predicted_label"] == str(target)
    assert right / len(digits.images[LEARNT:]) > 0.85


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_variant_asked_for_answers(invoke: Invoke, digits: Any, variant: str) -> None:
    """TargetVariant is honoured and reported; labels and probabilities go together."""
    body, answer = invoke(
        "digits", picture(digits.images[1600]), ContentType="image/png", TargetVariant=variant
    )
    found = json.loads(body)
    assert answer["InvokedProductionVariant"] == variant
    assert found["labels"] == list("0123456789")
    assert found["predicted_label"] == str(digits.target[1600])
    assert sum(found["probabilities"]) == pytest.approx(1)


def test_the_variants_are_two_models(invoke: Invoke, digits: Any) -> None:
    """The same picture, two opinions."""
    body = picture(digits.images[1600])
    said = [invoke("digits", body, ContentType="image/png", TargetVariant=variant)[0] for variant in VARIANTS]
    assert said[0] != said[1]


def test_dark_on_light_is_read_too(invoke: Invoke, digits: Any) -> None:
    """Ink may be black or white, the picture larger, a JPEG, with transparent paper."""
    plain = Image.open(io.BytesIO(picture(digits.images[1600], scale=20)))
    glass = Image.new("RGBA", plain.size, (0, 0, 0, 0))
    glass.putalpha(plain)
    for image, kind in [(plain, "JPEG"), (ImageOps.invert(plain), "PNG"), (glass, "PNG")]:
        out = io.BytesIO()
        image.save(out, kind)
        body, _ = invoke(
            "digits", out.getvalue(), ContentType="application/x-image", TargetVariant="champion"
        )
        assert json.loads(body)["predicted_label"] == str(digits.target[1600])


@pytest.mark.parametrize(
    ("body", "content_type", "accept", "status"),
    [
        (b"no picture", "image/png", "", 400),
        (b"1,2", "text/csv", "", 415),
        (picture(np.zeros((8, 8))), "image/png", "image/png", 406),
        (picture(np.zeros((8, 8)))[:40], "image/png", "", 400),
    ],
)
def test_what_it_cannot_read(
    invoke: Invoke, runtime: Any, body: bytes, content_type: str, accept: str, status: int
) -> None:
    """Wrong type, wrong bytes, an answer it has not: the container's own status."""
    with pytest.raises(runtime.exceptions.ModelError) as caught:
        invoke("digits", body, ContentType=content_type, **({"Accept": accept} if accept else {}))
    assert caught.value.response["OriginalStatusCode"] == status
