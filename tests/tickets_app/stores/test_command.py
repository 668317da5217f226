"""`manage.py store_clocks`: for sites where nobody logs in, so that there is no administration."""

import pytest
from django.core.management import CommandError, call_command

from tests.pages.conftest import no_answers_kept, serve  # noqa: F401 - fixtures
from tickets_app.models import LocationClock

TABLE = "location,zone,turns_over\r\nloc_a,America/Los_Angeles,4\r\nloc_b,Europe/Berlin,0\r\n"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "clocks.csv"
    path.write_text(TABLE, newline="")
    return path


def test_what_is_taken_over_can_be_written_again(serve, file, capsys):  # noqa: F811 - the fixture
    serve([])
    call_command("store_clocks", str(file))
    out, err = capsys.readouterr()
    assert (out, err) == ("", "Imported: 2. Processes that run know it within 15 seconds.\n")
    call_command("store_clocks")
    assert capsys.readouterr().out == TABLE


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (TABLE.replace("loc_b", "loc_x"), "Line 3: Copper’s Locations have no “loc_x”."),
        (TABLE.replace("Europe", "Elsewhere"), "Line 3: there is no time zone “Elsewhere/Berlin”."),
    ],
)
def test_a_line_that_is_wrong_is_named_and_nothing_imported(serve, file, content, why):  # noqa: F811 - the fixture
    serve([])
    file.write_text(content, newline="")
    with pytest.raises(CommandError, match=r"Nothing was imported\.\n") as said:
        call_command("store_clocks", str(file))
    assert why in str(said.value)
    assert not LocationClock.objects.exists()


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"], ids=["missing", "no text"])
def test_a_file_that_cannot_be_read_is_said(serve, file, content):  # noqa: F811 - the fixture
    serve([])
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)
    with pytest.raises(CommandError, match=r"clocks\.csv cannot be read"):
        call_command("store_clocks", str(file))


def test_while_the_locations_cannot_be_read_nothing_is_taken_over(no_answers_kept, settings, file):  # noqa: F811 - the fixture
    settings.COPPER_API_URL = "http://127.0.0.1:9"  # nobody listens there
    with pytest.raises(CommandError, match="could not be read just now"):
        call_command("store_clocks", str(file))
