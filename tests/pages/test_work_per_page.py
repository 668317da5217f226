"""What a page makes the server do, counted: no more with a hundred rows than with ten, and no more than it was."""

import gzip
import re
import secrets
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.middleware import csrf
from django.template.base import Node
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls.resolvers import URLResolver

from tests.pages.conftest import made
from tests.run_folder import PROJECT
from tickets_app.middleware import MOST_PADDING, zstd, zstd_padded
from tickets_app.models import Preference, SavedView
from tickets_app.stores import clocks

OF_EACH = (b"csrfmiddlewaretoken", b"data-copy-line", b"seen=")  # a token, how long Copper took, and when it was seen
HTMX = {"HX-Request": "true"}


@contextmanager
def counted() -> Iterator[Counter]:
    """Counts nodes of Django's templates and look-ups of addresses."""
    found = Counter()

    def counting(what: str, method: Callable) -> Callable:
        def wrapped(*args: object, **kwargs: object) -> object:
            found[what] += 1
            return method(*args, **kwargs)

        return wrapped

    with (
        patch.object(Node, "render_annotated", counting("nodes", Node.render_annotated)),
        patch.object(URLResolver, "_reverse_with_prefix", counting("look-ups", URLResolver._reverse_with_prefix)),
    ):
        yield found


@pytest.fixture
def maria(client, serve, monkeypatch):
    """She is logged in, has a zone and saved views, and there are tickets for two pages."""
    serve([made(number, table=f"T{number}", guests=number % 7) for number in range(230)])
    user = User.objects.create_superuser("maria")
    Preference.objects.create(user=user, zone="America/Los_Angeles")
    SavedView.objects.create(user=user, name="Reno", query="location=loc_a")
    client.force_login(user)
    monkeypatch.setattr(
        clocks, "FRESH", float("inf")
    )  # the stores' clocks are kept for a while, however slow a test is
    for path in ("/tickets/", "/tickets/tkt_00007/"):
        client.get(path)  # what is done once is done
    return client


def appended(client, limit: int) -> str:
    page = client.get(f"/tickets/?limit={limit}").content.decode()
    return page.split('<a rel="next" href="')[1].split('"')[0].replace("&amp;", "&")


def addresses(client, limit: int) -> dict[str, tuple[str, dict[str, str]]]:
    return {
        "page": (f"/tickets/?limit={limit}", {}),
        "appended": (appended(client, limit), HTMX),
        "columns": (f"/tickets/?limit={limit}&columns=created,reference,table", {}),
    }


@pytest.mark.parametrize("kind", ["page", "appended", "columns"])
def test_a_hundred_rows_make_no_more_nodes_and_look_ups_than_ten(maria, kind):
    work = []
    for limit in (10, 100):
        url, headers = addresses(maria, limit)[kind]
        with counted() as found:
            page = maria.get(url, headers=headers).content.decode()
        assert page.count("data-ticket-id=") == limit
        work.append(found)
    assert work[0] == work[1]


@pytest.mark.parametrize(
    ("kind", "nodes", "look_ups"), [("page", 60, 1), ("appended", 0, 1), ("columns", 60, 1), ("ticket", 60, 0)]
)
def test_what_a_page_is_made_of(maria, kind, nodes, look_ups):
    url, headers = {**addresses(maria, 100), "ticket": ("/tickets/tkt_00007/", {})}[kind]
    with counted() as found:
        assert maria.get(url, headers=headers).status_code == 200
    assert found["nodes"] <= nodes
    assert found["look-ups"] <= look_ups


PERSON = "auth_user LEFT JOIN tickets_app_preference"  # and what she prefers


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        ("page", ["django_session", PERSON, "audit_event", "tickets_app_savedview"]),
        ("appended", ["django_session", PERSON]),
        ("ticket", ["django_session", PERSON, "audit_event"]),
    ],
)
def test_the_database_is_asked_once_for_each_thing(maria, kind, asked):
    url, headers = {**addresses(maria, 100), "ticket": ("/tickets/tkt_00007/", {})}[kind]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert maria.get(url, headers=headers).status_code == 200
    texts = [query["sql"] for query in queries if query["sql"].startswith(("SELECT", "INSERT", "UPDATE"))]
    tables = [
        table for text in texts for table in {*asked, "auth_permission"} if f'{table}"' in text or f" {table} " in text
    ]
    assert sorted(tables) == sorted(asked)
    assert len(texts) == len(asked)


@pytest.mark.parametrize(
    ("accepts", "encoding"),
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("zstd", "zstd"),
        ("gzip, deflate, br", "gzip"),
        ("gzip, deflate", "gzip"),
        ("gzip, zstd;q=0", "gzip"),
        ("zstd;q=0.9, gzip;q=1.0", "zstd"),
        ("gzip ; q=0.5", "gzip"),
        ("gzip;q=0, zstd;q=0.000", ""),
        ("gzip; Q=0.0", ""),
        ("br", ""),
        ("zebra, zstandard, gzipped", ""),
        ("", ""),
    ],
)
def test_pages_are_compressed_as_the_browser_takes_it_and_are_the_same(maria, accepts, encoding):
    plain = maria.get("/tickets/tkt_00007/", headers={"Accept-Encoding": "identity"})
    answer = maria.get("/tickets/tkt_00007/", headers={"Accept-Encoding": accepts})
    unpacked = {"zstd": zstd.decompress, "gzip": gzip.decompress, "": bytes}[encoding](answer.content)
    assert answer.headers.get("Content-Encoding", "") == encoding
    assert int(answer.headers.get("Content-Length", len(answer.content))) == len(answer.content)
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert without_tokens(unpacked) == without_tokens(plain.content)


def without_tokens(page: bytes) -> list[bytes]:
    """The page's lines but for those that differ each time, and for padding."""
    return [line for line in page.rstrip(b"\n").splitlines() if not any(word in line for word in OF_EACH)]


@pytest.mark.parametrize("times", [40, 20_000])  # a piece of one block, and a page of several
def test_a_page_in_zstandard_is_padded_at_random_by_up_to_a_hundred_newlines(times):
    page = b"<p>the same each time</p>" * times
    packed = [zstd_padded(page) for _ in range(200)]
    read = [zstd.decompress(one) for one in packed]
    padding = [one.removeprefix(page) for one in read]
    assert {one.strip(b"\n") for one in padding} == {b""}
    assert 1 <= min(map(len, padding)) <= 20
    assert 80 < max(map(len, padding)) <= MOST_PADDING
    sizes = [len(one) for one in packed]
    assert {size - len(more) for size, more in zip(sizes, padding, strict=True)} == {
        min(sizes) - min(map(len, padding))
    }
    assert len(set(sizes)) > MOST_PADDING // 4


def test_a_page_in_zstandard_is_one_frame_that_says_its_size():
    """Of several frames a browser may show the first alone, and a window above 8 MB it may refuse (RFC 9659)."""
    page = secrets.token_hex(5_000_000).encode()
    packed = zstd_padded(page)
    reader = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: 23})
    read = reader.decompress(packed)
    assert reader.eof
    assert not reader.unused_data
    assert zstd.get_frame_info(packed).decompressed_size == len(read)
    assert read.rstrip(b"\n") == page


@pytest.mark.parametrize("path", ["/tickets/", "/tickets/tkt_00007/", "/views/"])
def test_all_forms_of_a_page_have_one_token_which_is_masked_once(maria, path):
    """Django's own field for Jinja2 masks it for each form: a thirtieth of a ticket's page."""
    with patch.object(csrf, "_mask_cipher_secret", side_effect=csrf._mask_cipher_secret) as masked:
        page = maria.get(path).content.decode()
    tokens = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert len(tokens) > 1
    assert len(set(tokens)) == masked.call_count == 1
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = maria.cookies
    sent = {"csrfmiddlewaretoken": tokens[0], "name": "Mine", "query": "range=7d"}
    assert strict.post("/views/", sent).status_code == 302


@contextmanager
def calls() -> Iterator[list[str]]:
    """The names of Python's functions as they are called, in this thread."""
    found = []
    before = sys.getprofile()
    sys.setprofile(lambda frame, event, _what: found.append(frame.f_code.co_qualname) if event == "call" else None)
    try:
        yield found
    finally:
        sys.setprofile(before)


def test_a_row_is_few_calls(maria):
    """From Copper's JSON to HTML. They were 44; each is a hundredth of what a row costs, and more."""
    made = []
    for limit in (10, 100):
        url, headers = addresses(maria, limit)["appended"]
        maria.get(url, headers=headers)  # what is kept is kept
        with calls() as found:
            assert maria.get(url, headers=headers).content.count(b"data-ticket-id=") == limit
        made.append(Counter(found))
    more = made[1] - made[0]
    assert more.total() / 90 < 34, more.most_common(40)


ONCE = {  # for the pages of one list, or for all
    "TicketFilterForm.offer_locations",  # of filters, which rows that are appended do not show
    "TimedUrls.between",  # the addresses of bars
    "QueryDict.__init__",  # Django's own reading of an address that we read more strictly
    "build_policy",
    "memcache_key_warnings",
    "parse",  # of paths: the site's own columns
    "BoundField.__init__",  # what draws a field of the filters
}


def test_rows_that_are_appended_cost_no_more_than_they_show(maria):
    page = maria.get("/tickets/?limit=50").content.decode()
    state = re.search(r'name="histogram" value="([^"]*)"', page)[1]
    url = f"{appended(maria, 50)}&histogram={state}"
    for _ in range(2):
        with calls() as found:
            rows = maria.get(url, headers=HTMX).content.decode()
    assert 'id="bar-0"' in rows
    assert "data-ticket-id" in rows
    assert not ONCE & {*found}


def test_what_is_the_same_on_every_page_is_drawn_once(settings):
    from tickets_app.templatetags import fragment

    fragment._drawn.cache_clear()
    with patch.object(fragment, "get_template", side_effect=fragment.get_template) as got:
        drawn = [fragment.once("_scripts.html") for _ in range(3)]
        assert got.call_count == 1
        settings.DEBUG = True  # where somebody changes them
        assert "<script" in fragment.once("_scripts.html")
        assert got.call_count == 2
    assert drawn == [drawn[0]] * 3
    assert "htmx" in drawn[0]


def test_nothing_that_is_drawn_once_depends_on_the_page():
    """It would be empty: a part that is drawn once knows nothing of any page."""
    pages = [one.read_text() for one in (PROJECT / "templates").rglob("*.html")]
    names = [name for page in pages for name in re.findall(r'{% once "(.*?)" %}', page)]
    assert names
    for name in names:
        text = (PROJECT / "templates" / name).read_text()
        assert "{{" not in text
        assert set(re.findall(r"{% *(\w+)", text)) <= {"load", "static", "htmx_script", "include"}
        names += re.findall(r'{% include "(.*?)" %}', text)
