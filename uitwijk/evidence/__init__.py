"""What a drill leaves: `*_report.py` are its pieces, written and read alike; the others record and seal them."""
