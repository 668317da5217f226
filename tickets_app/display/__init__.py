"""What pages show alike: a property's value, a failure in words, who is looking. May import Copper's values, no page.

Begin with values.py.
"""
