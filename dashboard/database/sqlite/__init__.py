"""Django's SQLite with connections that stay, as long as the file is the same: `ENGINE` of DATABASES names this package.

Begin with base.py. May import Django, and patience.py beside it.
"""
