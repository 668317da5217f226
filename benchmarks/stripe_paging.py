"""stripe-python's auto-paging pointed at Copper: what an ordinary client of such an API finds of a search, and misses.

Read in stripe 16.1.0, `_list_object.py`: `_auto_paging_iter` ends at the first page after the first one that `is_empty`
(no `data`), whatever its `has_more` says; and where the very first page is empty with `has_more: true`, `next_page` looks
for the id of `self.data[-1]` and raises IndexError. Both are right for Stripe's API, which has no empty page with more.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
import stripe

from benchmarks.clients import KEY, Search
from tickets_app.copper.query import MAX_LIMIT


class CopperHttpClient(stripe.RequestsClient):
    """Makes Copper pass for Stripe: Basic authentication instead of Bearer, and the `url` that each list of Stripe's has.

    Without that `url` auto-paging raises ValueError at the end of the first page; it is put in, since the paging is the point.
    """

    def request(  # type: ignore[override] # as in stripe's own RequestsClient, which it overrides too
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """Send one request."""
        token = base64.b64encode(f"{KEY}:".encode()).decode()
        headers = {**(headers or {}), "Authorization": f"Basic {token}"}
        content, status, answered = super().request(method, url, headers, post_data)
        body = json.loads(content)
        if body.get("object") == "list":
            body["url"] = urlsplit(url).path
            content = json.dumps(body).encode()
        return content, status, answered


def stripe_paging(search: Search) -> Iterator[str]:
    """`auto_paging_iter` of a search. Raises what it raises."""
    host, path = search.url.removesuffix("/v1"), "/v1/tickets"
    params = {"search_query": search.needle, "created": {"gte": search.since}, "limit": MAX_LIMIT}
    with requests.Session() as session:
        session.trust_env = False
        client = stripe.StripeClient(KEY, http_client=CopperHttpClient(session=session), base_addresses={"api": host})
        first = client.deserialize(client.raw_request("get", path, **params), params=params, api_mode="V1")
        if not isinstance(first, stripe.ListObject):
            raise TypeError("not a list")
        for ticket in first.auto_paging_iter():
            yield ticket["id"]
