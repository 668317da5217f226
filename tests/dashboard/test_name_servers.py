"""How long the system's resolver waits for a name server that says nothing: it is what clients without a time-out wait for."""

import os
import platform
import subprocess
import sys

import pytest

# The first two numbers of its state: seconds before it asks again, and how often it asks.
ASKED = """
import ctypes
import dashboard.settings
system = ctypes.CDLL(None)
system.__res_state.restype = ctypes.POINTER(ctypes.c_int * 2)
assert system.__res_init() == 0
print(*system.__res_state().contents)
"""

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library has no RES_OPTIONS")


@pytest.mark.parametrize(("own", "waits"), [(None, "1 2"), ("timeout:3 attempts:4", "3 4")])
def test_a_silent_name_server_is_waited_for_a_second_twice_or_as_is_said(own, waits):
    env = {name: value for name, value in os.environ.items() if name != "RES_OPTIONS"}
    env |= {"RES_OPTIONS": own} if own else {}
    told = subprocess.run(
        [sys.executable, "-c", ASKED], env=env, capture_output=True, text=True, check=True, timeout=60
    )
    assert told.stdout.split() == waits.split()
