"""What a search leaves: trials, checkpoints, tables, and the folder that holds them."""
