"""Requests that no browser sends, byte by byte to the server as it runs: encodings, cookies, where somebody came from."""

from collections.abc import Iterator

import pytest

from tests import running_site
from tests.running_site import HOST, TOKEN, Site
from tests.server import Answer

# Encodings of Python's that decode no text, or stumble over ordinary bytes; and what is no encoding at all.
NO_TEXT = [
    "rot13",
    "idna",
    "punycode",
    "undefined",
    "bz2",
    "zlib",
    "hex",
    "base64",
    "uu",
    "quopri",
    "nope",
    "utf-16",
    '"',
]
SPELLED = ["charset={0}", "charset*={0}''x%ff", "charset*0*={0}''a; charset*1=b", "x*={0}''%ff"]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def site(request, tmp_path_factory) -> Iterator[Site]:
    more = {"DATABASE_URL": request.getfixturevalue("postgres_url")} if request.param == "postgresql" else {}
    with running_site.running(tmp_path_factory.mktemp("site"), **more) as running:
        yield running


def ask(site: Site, *lines: str, path: str = "/tickets/", body: bytes | None = None, signed_in: bool = True) -> Answer:
    cookie = [f"Cookie: __Host-sessionid={site.session}; __Host-csrftoken={TOKEN}"] if signed_in else []
    head = [f"Host: {HOST}", "X-Forwarded-Proto: https", f"Origin: https://{HOST}", *cookie, *lines]
    length = [] if body is None else [f"Content-Length: {len(body)}"]
    first = f"{'GET' if body is None else 'POST'} {path} HTTP/1.1"
    return site.server.send(
        "\r\n".join([first, *head, *length, "Connection: close", "", ""]).encode("latin-1") + (body or b"")
    )


@pytest.mark.parametrize("spelled", SPELLED)
@pytest.mark.parametrize("name", NO_TEXT)
def test_an_encoding_that_is_no_text_does_nothing_to_an_address(site, name, spelled):
    header = f"Content-Type: text/plain; {spelled.format(name)}"
    answer = ask(site, header, path="/tickets/?search_query=R-1%C3%A9&limit=7")
    assert (answer.status, "R-1é" in answer.body.decode()) == (200, True)
    assert ask(site, header, path="/login/?next=/tickets/", signed_in=False).status == 200


@pytest.mark.parametrize("spelled", SPELLED[:3])
@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=xyz"]
)
@pytest.mark.parametrize("name", ["rot13", "idna", "punycode", "undefined", "bz2", "utf-16"])
def test_a_form_in_an_encoding_that_is_no_text_is_refused_as_a_whole_page(site, name, kind, spelled):
    answer = ask(
        site, f"Content-Type: {kind}; {spelled.format(name)}", path="/login/", body=b"--xyz--", signed_in=False
    )
    assert (answer.status, b"</html>" in answer.body) == (400, True)
    assert answer.header("Content-Security-Policy")


@pytest.mark.parametrize("name", ["utf-8", "UTF8", '"utf-8"', "us-ascii"])
def test_a_form_in_ours_is_read_however_that_is_spelled(site, name):
    body = f"csrfmiddlewaretoken={TOKEN}&zone=Europe/Berlin&next=/tickets/".encode()
    header = f"Content-Type: application/x-www-form-urlencoded; charset={name}"
    assert ask(site, header, path="/preferences/", body=body).header("Location") == "/tickets/"


@pytest.mark.parametrize("token", [f"X-CSRFToken: {TOKEN}", "X-Nothing: x"])
def test_a_form_in_pieces_is_refused_in_words_and_not_taken_for_an_empty_one(site, token):
    form = f"csrfmiddlewaretoken={TOKEN}&zone=Europe/Berlin&next=/tickets/".encode()
    head = [
        "POST /preferences/ HTTP/1.1",
        f"Host: {HOST}",
        "X-Forwarded-Proto: https",
        f"Origin: https://{HOST}",
        f"Cookie: __Host-sessionid={site.session}; __Host-csrftoken={TOKEN}",
        "Content-Type: application/x-www-form-urlencoded",
        "Transfer-Encoding: chunked",
        "Connection: close",
        token,
    ]
    raw = "\r\n".join([*head, "", ""]).encode() + b"%x\r\n%s\r\n0\r\n\r\n" % (len(form), form)
    answer = site.server.send(raw)
    assert (answer.status, b"This form came without its length" in answer.body) == (411, True)


@pytest.mark.parametrize("path", ["/tickets/", "/tickets/tkt_00003/", "/login/", "/views/", "/audit/", "/readyz"])
@pytest.mark.parametrize(
    "text", ['"a\\000b1234567"', '"' + "\\000" * 32 + '"', '"\\012\\015"', "\xff" * 32, "a" * 4000]
)
@pytest.mark.parametrize("name", ["__Host-sessionid", "__Host-csrftoken", "messages", "theme", "anything"])
def test_a_cookie_that_is_no_text_is_nobodys(site, name, text, path):
    answer = ask(site, f"Cookie: {name}={text}", path=path, signed_in=False)
    assert answer.status == (200 if path in {"/login/", "/readyz"} else 302)


@pytest.mark.parametrize(
    "came_from", ["http://[", "http://[::1", "https://[x]/tickets/", "//[", "\xff", "a" * 8000, "http://]"]
)
@pytest.mark.parametrize("header", ["Referer", "HX-Current-URL"])
def test_an_address_that_is_none_leads_back_to_the_list(site, header, came_from):
    for more in ([], ["HX-Request: true"]):
        answer = ask(site, f"{header}: {came_from}", *more, path="/tickets/tkt_00003/")
        assert (answer.status, b'href="/tickets/"' in answer.body) == (200, True)
    assert ask(site, f"{header}: {came_from}", "HX-Request: true", signed_in=False).status == 401


def test_the_way_back_is_never_longer_than_an_address_may_be(site):
    for length, kept in ((3000, True), (5000, False)):
        back = "/tickets/?search_query=" + "a" * length
        answer = ask(site, f"Referer: https://{HOST}{back}", path="/tickets/tkt_00003/")
        assert (answer.status, back.encode() in answer.body) == (200, kept)


def test_the_longest_search_that_the_form_takes_is_answered(site):
    """Each of these is twelve bytes of an address."""
    for signs, status in ((500, 200), (501, 400)):
        assert ask(site, path="/tickets/?limit=1&search_query=" + "%F0%9F%8D%95" * signs).status == status


def test_a_search_up_to_the_very_last_time_is_answered(site):
    path = "/tickets/?created%5Blte%5D=9999-12-31T23:59:59.999999Z&search_query=R-1"
    assert ask(site, path=path).status == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("user/?last_login__year=0", 400),
        ("user/?last_login__year=99999999999999999999", 400),
        ("user/?id__range=1", 400),
        ("user/?username__regex=%5B", 400),
        ("group/?name=%00", 400),
        ("group/?permissions__codename=%00", 400),
        ("user/?is_active__exact=%00", 302),  # to the list that says that something is wrong with it
        ("user/?groups__id__exact=99999999999999999999", 200),
        ("user/?groups__id__exact=x", 200),
        ("user/?groups__isnull=True", 200),
        ("user/?is_active__exact=1&q=ad&o=-1.2&p=0&all=", 200),
        ("user/?q=%00", 200),
        ("user/?o=x.99.-&p=x", 200),
        ("user/1/change/?_to_field=", 200),
        ("user/1/change/?_to_field=password", 400),
        ("user/_00/change/", 302),
        ("user/99999999999999999999/change/", 302),
        ("user/1/history/?p=x", 200),
        ("group/add/?_to_field=user", 400),  # a relation
        ("group/add/?_to_field=id&_popup=1", 200),
        ("user/?_to_field=groups", 400),
        ("user/?_to_field=", 200),
        ("user/_FF/change/", 302),
        ("user/%00/history/", 302),
        ("group/%ED%A0%80/change/", 302),
    ],
)
def test_what_makes_no_sense_about_people_is_a_bad_request_at_most(site, path, status):
    assert ask(site, path=f"/admin/auth/{path}").status == status


@pytest.mark.parametrize("result", ["%00", "a%00b"])
def test_a_result_of_a_look_up_whose_id_holds_a_nul_is_none(site, result):
    """PostgreSQL takes no such text (`make fuzz`, seed 588566)."""
    answer = ask(site, path=f"/tickets/lookup/results/{result}/")
    assert (answer.status, b"This result is not kept" in answer.body) == (404, True)
