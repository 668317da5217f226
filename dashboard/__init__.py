"""The Django project: settings and their checks, addresses, headers, error pages, the server's entry point.

Begin with settings.py. identity/ is who enters, operations/ is seeing it run. May import the pages' parts; they import
nothing of it.
"""
