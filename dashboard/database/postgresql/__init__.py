"""Django's PostgreSQL with an end to every wait: `ENGINE` of DATABASES names this package.

Begin with base.py. May import psycopg, Django, and patience.py beside it.
"""
