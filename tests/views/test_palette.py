"""Colours that are told apart."""

from sm_magic.views.palette import COLOURS, colour, ink, swatch


def test_each_colour_once():
    """Twelve, with names; then they come again."""
    assert len({of for _, of in COLOURS}) == len({name for name, _ in COLOURS}) == len(COLOURS) == 12
    assert colour(12) == colour(0)


def test_words_are_readable_on_each():
    """At least 4.5 to 1, by WCAG 2.2."""

    def luminance(of):
        parts = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in of]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    for name, of in COLOURS:
        light, dark = sorted((luminance(of), luminance(ink(of))), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, name


def test_a_swatch_is_a_picture_with_a_name(page):
    """What an untrusted notebook keeps."""
    (image,) = page(swatch(0)).all("img")

    assert image["alt"] == "orange"
    assert image["src"].startswith("data:image/png;base64,")
