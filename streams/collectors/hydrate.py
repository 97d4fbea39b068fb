"""Fills the texts that the log leaves out of its events, from the articles' rows."""
