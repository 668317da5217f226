"""Many references at once: pasted or uploaded, looked for in one walk, shown as a table.

Begin with views.py; lookup.py is the walk.
"""
