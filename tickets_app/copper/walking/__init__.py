"""A list to its end: one page after the other is the definition of a right answer, lanes give the same several at a time.

Begin with walk.py. No HTTP and no clock here: whoever walks hands in a function that fetches a page.
"""
