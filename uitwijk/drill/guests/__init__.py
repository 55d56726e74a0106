"""Living guests: the machines that matter come alive during a drill, from what `pulumi up` put into vCenter."""
