"""Many references at once: pasted or uploaded, looked for in one walk, shown as a table.

Begin with views.py; the walk is lookup.py, what it says to people result.py.
"""
