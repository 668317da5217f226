"""One ticket with all its properties. Begin with views.py."""
