"""The one Django app: the pages on which staff find and read tickets."""
