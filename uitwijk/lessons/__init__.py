"""`uitwijk lesson`: what exercises and calamities taught."""
