"""A Redis for the tests that need one: that of the machine, or the one TEST_REDIS_URL names."""

import os
from functools import cache

import redis

URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
HOW = "needs Redis: `redis-server --daemonize yes` (or set TEST_REDIS_URL to a database that tests may use)"


@cache
def answers() -> bool:
    try:
        return bool(redis.Redis.from_url(URL, socket_timeout=1, socket_connect_timeout=1).ping())
    except redis.RedisError:
        return False
