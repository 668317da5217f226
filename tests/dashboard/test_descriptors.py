"""How many connections a worker takes: fewer than it has descriptors, since a page needs some as well."""

import resource
import sys

import pytest

from tests.processes import started
from tests.run_folder import PROJECT

SAYS = """
import resource
from dashboard import serving
resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))
print(serving.connections(), *resource.getrlimit(resource.RLIMIT_NOFILE))
"""
HAS = resource.getrlimit(resource.RLIMIT_NOFILE)[1]


@pytest.mark.parametrize(
    ("soft", "hard", "said"),
    [
        (1024, 4096, (1000, 4096, 4096)),  # it takes what it may have
        (1024, 1024, (768, 1024, 1024)),  # it may have no more
        (256, 256, (128, 256, 256)),
        (4000, HAS, (1000, 4096, HAS)),
        (HAS, HAS, (1000, HAS, HAS)),  # what is more stays
    ],
)
def test_connections_leave_descriptors_for_the_rest(soft, hard, said):
    if max(soft, hard) > HAS or HAS < 4096:
        pytest.skip("this machine gives fewer")
    with started([sys.executable, "-c", SAYS.format(soft=soft, hard=hard)], cwd=PROJECT, stdout=-1) as process:
        assert process.stdout is not None
        assert process.stdout.read().split() == [str(one) for one in said]
