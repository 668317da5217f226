"""Lists that people named, for themselves or for all. Begin with views.py; store.py is what is kept of them."""
