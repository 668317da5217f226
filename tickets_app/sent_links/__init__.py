"""Links that say what their sender saw: when, by which clock, how many, and in which mode and account.

May import filters and what lies below. Begin with what_was_seen.py.
"""
