"""Pictures of classified events: arrays go in, a figure comes out, and no state is kept."""
