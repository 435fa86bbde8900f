"""`breakd doctor`: what breakd finds on a machine, asked of the same adapters that serve the daemon."""
