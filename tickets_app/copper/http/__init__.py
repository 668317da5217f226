"""One request to Copper: client.py (where to begin) asks, transport.py carries, retries.py decides whether to ask again.

May import what stands beside it in copper/ (errors, query, resources …), never copper/walking/ nor anything of the site.
"""
