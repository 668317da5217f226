"""Seeing it run: logs, figures for Prometheus, health. Begin with request_log.py."""
