"""Odd requests by the thousand, at the server as it runs: what nobody thought of must be no error of ours.

Begin with __main__.py (`make fuzz`): shapes.py makes a request from a seed and its number, drive.py sends them to a running
site (tests/running_site.py) and judges what comes back, growth.py says whether the site grows with them. 2,000 of them are a
test: tests/dashboard/test_fuzz.py.
"""
