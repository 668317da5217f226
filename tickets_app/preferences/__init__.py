"""What a person chose for good: time zone, light or dark. Begin with views.py."""
