"""Who may do what in a site's vCenter: the roles as data, and what an administrator's program makes of them."""
