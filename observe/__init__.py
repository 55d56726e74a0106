"""What is: the state of the stacks, and what stands in the vCenters. Used by the program and by the command."""
