"""What `tune-run --doctor` looks at: one file a check, a table of them, each for itself."""
