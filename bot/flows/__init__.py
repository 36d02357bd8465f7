"""What happens: one story each, over the store and the ports."""
