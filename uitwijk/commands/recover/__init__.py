"""`uitwijk recover`: after any run that broke off, what is left of it, and how it is put in order."""
