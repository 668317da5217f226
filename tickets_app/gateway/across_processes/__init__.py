"""What the processes of this site tell each other through Redis: slots for requests to Copper, and requests under way.

Begin with peers.py. A help that may be gone: without Redis each process goes by what it knows itself
(docs/decisions/0046-several-processes.md).
"""
