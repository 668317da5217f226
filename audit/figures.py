"""What Prometheus is told of the audit trail (docs/operations.md)."""

from prometheus_client import Counter

lost = Counter("copper_tickets_audit_events_lost", "Audit events that the database did not take; they are in the log")
