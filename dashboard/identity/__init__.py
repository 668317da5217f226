"""Who enters, by which way, and what they may do: log-in, single sign-on, sessions, roles, the pages to manage people.

Begin with gate.py, which every request passes. What a page needs is said on its view (tickets_app/rights.py).
"""
