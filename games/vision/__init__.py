"""Games about pictures. What only they share lies here."""
