"""Odd requests by the thousand, at the server as it runs: what nobody thought of must be no error of ours.

Begin with __main__.py (`make fuzz`): shapes.py makes a request from a seed and its number, site.py is what they are sent
to, drive.py sends them and judges what comes back. 2,000 of them are a test: tests/dashboard/test_fuzz.py.
"""
