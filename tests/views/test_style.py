"""The style sheet: small, prefixed, and of no one's theme."""

import re

from sm_magic.views.style import STYLE


def test_it_is_small():
    """It is repeated in every output."""
    assert len(STYLE) <= 2_560


def test_every_selector_is_prefixed():
    """A notebook's page is shared: no rule reaches what isn't ours."""
    rules = STYLE.removeprefix("<style>").removesuffix("</style>")
    selectors = [part for rule in re.findall(r"([^{}]+)\{", rules) for part in rule.split(",")]

    assert len(selectors) > 20
    assert all(selector.startswith(".sm-magic-") for selector in selectors)


def test_braces_balance():
    """A missing brace would silently drop the rest."""
    assert STYLE.count("{") == STYLE.count("}")
    assert "url(" not in STYLE
    assert "@import" not in STYLE
