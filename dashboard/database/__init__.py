"""The database as something that may be slow, frozen or away: how long a page waits for it, and what is said then.

Begin with patience.py.
"""
