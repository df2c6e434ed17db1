"""What the files say: strict YAML 1.2, with the place of every key."""
