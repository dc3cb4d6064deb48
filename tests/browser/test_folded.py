"""What is folded in an answer is found by searching the page."""

import pytest

from sm_magic.messages import Payload
from sm_magic.settings import Settings
from sm_magic.views import Answer, show

pytestmark = pytest.mark.browser


def test_going_to_a_word_unfolds_it(chromium, tmp_path):
    """A link to a word opens the folds around it, by the same rule as searching the page does."""
    value = {"long": "Lorem ipsum dolor " * 30 + "needle", "b": {"c": 1}}
    payload = Payload(body=b"{}", content_type="application/json")
    path = tmp_path / "page.html"
    html = show(Answer(value=value, payload=payload), Settings()).html
    path.write_text(f"<meta charset=utf-8>{html}", encoding="utf-8")

    tab = chromium.new_page()
    tab.goto(f"{path.as_uri()}#:~:text=needle")
    tab.wait_for_function("[...document.querySelectorAll('details')].every(fold => fold.open)", timeout=5_000)
    tab.close()
