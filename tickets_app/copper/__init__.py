"""The service module: the only code that talks to Copper. It knows nothing of Django.

Begin with query.py, then walking/walk.py. Here are the values that both folders use: queries, tickets, times, failures.
"""
