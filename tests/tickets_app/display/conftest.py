"""The pages over the sandbox."""

from tests.pages.conftest import clock, no_answers_kept, serve  # noqa: F401 - fixtures
