"""The service module: the only code that talks to Copper. It knows nothing of Django."""
