"""The space file, the base config and the command line, read into checked parts."""
