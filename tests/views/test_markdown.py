"""Markdown, when asked for."""

import time

import pytest

ANSWER = """# Weights of *models*

The **best** is `blue`, see [the docs](https://example.com/a?b=1&c=2).
A second line & <b>no tag</b>.

1. one
2. two
   - deep **x**
   - deeper

* a
* b
  goes on

| model | weight |
|-------|-------:|
| blue  | 0.7    |
| green | 0.3    |

```python
if a < b: print("<hi>")
```

> quoted
> twice

---
5 * 3 * 2, snake_case_name, a*b*c
"""


def test_a_document(shown, golden):
    """Headings, emphasis, code, links, lists, tables, quotes; a terminal gets the source."""
    made = shown(ANSWER, view="markdown", content_type="text/plain")

    assert made.text == ANSWER
    golden("markdown", text=made.text, html=made.html)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        '[x](https://a"onmouseover="alert(1))',
        "![x](https://tracker.example/p.png)",
        "<https://example.com/<script>>",
        "```\n<script>\n",
        "[**<img src=x onerror=alert(1)>**](https://a)",
    ],
)
def test_nothing_runs_and_nothing_is_fetched(shown, page, text):
    """No raw HTML, no images, no links but to http(s)."""
    found = page(shown(text, view="markdown").html)

    assert {name for name, _ in found.elements} <= {"div", "p", "a", "pre", "code", "strong"}
    assert all(link["href"].startswith("https://") for link in found.all("a"))
    assert not any(name.startswith("on") for _, attributes in found.elements for name in attributes)


@pytest.mark.parametrize(
    "text", ["*" * 55_000, "[" * 55_000, "`" * 55_000, "**a" * 18_000, "- " * 27_000, "> " * 27_000,
             "\n".join(" " * i + "- x" for i in range(300)), "|" * 55_000 + "\n|-|"],
)  # fmt: skip
def test_no_text_takes_long(shown, text):
    """Reading is linear enough: a quarter of a megabyte of stars is done in a moment."""
    begun = time.perf_counter()
    shown(text, view="markdown")

    assert time.perf_counter() - begun < 5


def test_it_is_never_chosen_unasked(shown, page):
    """Stars in a text are stars."""
    assert page(shown("**a**", content_type="text/markdown").html).text == "**a**"
