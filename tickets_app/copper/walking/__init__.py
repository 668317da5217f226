"""A list to its end: walk.py defines the right answer, one page after the other; lanes.py gives the same from several at once.

Begin with walk.py. No HTTP and no clock here: whoever walks hands in a function that fetches a page.
"""
