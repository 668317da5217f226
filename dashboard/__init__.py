"""The Django project: settings, addresses, the server's entry point, health."""
