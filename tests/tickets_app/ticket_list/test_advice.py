"""What is said of a search without a match: what to do next, also where several references were pasted into one field."""

import pytest

from tests.pages.conftest import made
from tests.tickets_app.ticket_list.test_search import SINCE, address, shop


@pytest.mark.parametrize("text", ["EQ-1, EQ-2", "4417;4418", "4417 4418 4419"])
def test_what_may_be_several_references_is_told_where_they_are_looked_up(serve, pages, text):
    serve(shop(5))
    page = pages.open(address(search_query=text, gte=SINCE))
    assert "searched for this as one reference. If it is several, use Look up many" in page.text


@pytest.mark.parametrize("text", ["Table 12", "4417", "Smith, Anna", "R-1"])
def test_what_is_one_is_not(serve, pages, text):
    serve([made(77, reference="x")])
    page = pages.open(address(search_query=text, gte=SINCE))
    assert "Every ticket there was searched, by its reference alone. Check the reference" in page.text
