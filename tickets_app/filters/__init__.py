"""What a list is narrowed by: read from an address (query_string.py, form.py), written into one (links.py), in people's times.

Begin with form.py. May import stores/, display/, the gateway and Copper's values; no page.
"""
