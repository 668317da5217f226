"""What answers htmx otherwise than others says so by `Vary`, and a page that is restored comes whole (DESIGN.md, "URLs")."""

import pytest
from django.http import HttpResponse

from tests.dashboard.identity.test_every_address import ALL
from tests.pages.conftest import made

HTMX = {"HX-Request": "true"}
RESTORED = HTMX | {"HX-History-Restore-Request": "true"}
BOOSTED = HTMX | {"HX-Boosted": "true"}


def form_of(answer: HttpResponse) -> tuple[tuple[object, ...], str]:
    """What tells two forms apart, whatever changes from answer to answer; and what they are said to hang on."""
    content = b"".join(answer)
    answer.close()  # a file may hang on it
    form = answer.status_code, answer.get("Location"), answer.get("HX-Redirect"), b"<html" in content, bool(content)
    return form, answer.get("Vary", "")


@pytest.mark.parametrize("roles", [None, [], ["admin"]], ids=["nobody", "without a right", "everything"])
def test_every_address_says_what_its_form_hangs_on(roles, client, db, logged_in, serve):
    serve([made(number) for number in range(3)])
    if roles is not None:
        client = logged_in("anna", *roles)
    silent, in_part = [], []
    for _, sample, _ in ALL:
        found = [form_of(client.get(sample, headers=headers)) for headers in ({}, HTMX, RESTORED)]
        (plain, htmx, restored), varies = zip(*found, strict=True)
        if htmx != plain and not all("HX-Request" in vary for vary in varies):
            silent.append(sample)
        if restored != plain:
            in_part.append(sample)
    assert (silent, in_part) == ([], [])


@pytest.mark.parametrize("headers", [RESTORED, BOOSTED], ids=["restored", "boosted"])
def test_what_answers_one_question_of_htmxs_otherwise_than_another_says_so(headers, db, logged_in, serve):
    serve([made(number) for number in range(3)])
    client, (_, name) = logged_in("anna", "admin"), headers
    silent = []
    for _, sample, _ in ALL:
        found = [form_of(client.get(sample, headers=given)) for given in (HTMX, headers)]
        (part, whole), varies = zip(*found, strict=True)
        if whole[3] != part[3] and not all(name in vary for vary in varies):
            silent.append(sample)
    assert silent == []
