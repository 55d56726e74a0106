"""The drill: the exercise of a calamity on simulated sites, with the real engine, checked from outside it."""
