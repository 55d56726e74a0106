"""Who may do what in a site's vCenter: the roles as data, and the program with which an administrator makes them."""
