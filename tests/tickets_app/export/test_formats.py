"""Each format of a file is offered everywhere: by the page, by an address of its own, and by `manage.py export_tickets`."""

import re
from argparse import ArgumentParser

import pytest
from django.urls import reverse

from tests.pages.conftest import made
from tickets_app.export.writers import STREAMED, lines_of
from tickets_app.management.commands.export_tickets import Command

FORMATS = {*STREAMED, "xlsx"}


def test_the_page_has_a_button_for_each(client, serve):
    serve([made(1)])
    page = client.get("/tickets/export/").content.decode()
    assert set(re.findall(r'action="/tickets/export\.(\w+)"', page)) == FORMATS


@pytest.mark.parametrize("file_format", sorted(FORMATS))
def test_each_has_an_address_of_its_own_and_its_name_in_the_files(client, serve, file_format):
    serve([made(1)])
    response = client.get(reverse(f"tickets:export_{file_format}"))
    response.close()
    assert f'.{file_format}"' in response["Content-Disposition"]


def test_the_command_takes_each():
    parser = ArgumentParser()
    Command().add_arguments(parser)
    [choices] = [action.choices for action in parser._actions if action.dest == "format"]
    assert set(choices) == FORMATS


def test_no_two_are_written_alike():
    assert len({lines_of(file_format).content_type for file_format in STREAMED}) == len(STREAMED)
