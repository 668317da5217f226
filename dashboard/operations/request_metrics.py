"""What Prometheus is told of requests (docs/operations.md). Of Copper and the cache: tickets_app/gateway/metrics.py."""

from prometheus_client import Counter, Gauge, Histogram

# Seconds. A cached page takes some 20 ms; a page gives up on Copper after 18 s with the default settings.
BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20)

requests = Counter("copper_tickets_requests", "Requests answered, by view and status", ["view", "status"])
seconds = Histogram("copper_tickets_request_seconds", "How long an answer took, by view", ["view"], buckets=BUCKETS)
in_progress = Gauge("copper_tickets_requests_in_progress", "Requests being answered", multiprocess_mode="livesum")
