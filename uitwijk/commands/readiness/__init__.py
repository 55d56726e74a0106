"""Could we fail over right now? The lines of `uitwijk check`, one module a subject."""
