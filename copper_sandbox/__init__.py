"""A stand-in for the Copper API that keeps its documented contract: for `make run`, tests and benchmarks.

Begin with server.py. Knows nothing of the site.
"""

from copper_sandbox.faults import Fault
from copper_sandbox.ledger import Entry, Ledger
from copper_sandbox.server import Sandbox
from copper_sandbox.store import Store

__all__ = ["Entry", "Fault", "Ledger", "Sandbox", "Store"]
