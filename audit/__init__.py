"""The audit trail: who looked at which ticket, searched, exported, changed a shared view, logged in. Rows are only ever added.

Begin with trail.py, which is all that pages use. Knows no page, no Copper and no log-in; its own pages are
tickets_app/audit_pages/.
"""
