"""What people wrote on tickets: in this database alone. Begin with store.py; views.py are its pages."""
