"""What can be wrong with a search, found before it starts and said in the words of its files."""
