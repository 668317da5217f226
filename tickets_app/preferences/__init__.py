"""What a person chose for good: time zone, theme, columns. Begin with views.py."""
