"""The pages over the sandbox, and over a Copper that answers with any bodies at all."""

from tests.pages.conftest import clock, no_answers_kept, pages, serve  # noqa: F401 - fixtures
from tests.tickets_app.ticket_list.conftest import copper  # noqa: F401 - a fixture
