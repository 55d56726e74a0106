"""Who plays along in a drill with living guests: carrier, telephones, clerks, and the internet's name server."""
