"""`uitwijk rehearse`: previews every single calamity with the real engine and keeps each plan, as it was approved."""
