"""All properties of a ticket as HTML: every text is escaped, and stands where it belongs however they nest."""

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from tickets_app.ticket.properties import all_values
from tickets_app.ticket.properties_as_html import as_html

TEXTS = st.text(st.sampled_from("aé<>&\"' \x00"), max_size=4)
PROPERTIES = st.dictionaries(
    TEXTS,
    st.recursive(
        TEXTS | st.none() | st.integers(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)


def texts(values) -> list[tuple[str, str]]:
    """Name and text of each, in their order, parts behind what they are parts of."""
    return [pair for one in values for pair in ((one.name, one.text), *texts(one.parts))]


@given(PROPERTIES)
def test_each_name_stands_before_its_value(properties):
    values = all_values(properties)
    html = as_html(values)
    found = re.findall(
        r'<dt><bdi>(.*?)</bdi></dt>\n<dd class="\w+"><(?:bdi|span class="nothing")>(.*?)</(?:bdi|span)>', html
    )
    assert [(unescape(name), unescape(text)) for name, text in found] == texts(values)
    assert html.count("<dl") == html.count("</dl>") == 1 + html.count('<dd class="parts"')
    copies = [unescape(copy) for copy in re.findall(r'data-copy="(.*?)"', html)]
    assert copies == [one.copy for one in flat(values) if one.copy]


def flat(values) -> list:
    return [one for value in values for one in (value, *flat(value.parts))]


def test_nothing_of_a_ticket_becomes_markup():
    html = as_html(all_values({'"><script>': {"a&b": "</bdi><b>", "list": [1, None]}, "long": "x" * 3000}))
    assert "<script" not in html
    assert "<b>" not in html
    assert "(1000 more characters)" in html
    assert html.count('<dd class="nothing">') == 1
