"""All tickets of a list as a file: its page, the run behind it, and the writers of CSV, NDJSON and Excel.

Begin with views.py; export.py is one run, whatever the format.
"""
