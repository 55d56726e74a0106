"""`uitwijk report`: the page that people read, worked out from the evidence."""
