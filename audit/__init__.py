"""The audit trail: who looked at which ticket, searched, exported, changed a shared view, logged in. Rows are only ever added."""
