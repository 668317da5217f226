"""Copper as this site uses it: pages of a list, searches, whole lists, one ticket; cached, asked once for all who ask the same.

Begin with tickets.py, the door of all pages. May import copper/; knows no page and no form.
"""
