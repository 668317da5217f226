"""How many tickets lie when, above a list: bars, counted in the background, and how far a search has looked.

Begin with page.py.
"""
