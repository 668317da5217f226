"""Who enters, by which way, and what they may do: log-in, single sign-on, sessions, roles, the pages to manage people."""
