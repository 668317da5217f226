"""The database of one machine, a file: Django's SQLite, with connections that stay."""
