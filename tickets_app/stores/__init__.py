"""Stores' own clocks: in which zone a location is and when its business day turns over, as administrators said.

May import display, gateway and Copper's values. Begin with clocks.py.
"""
