"""What came of the breaks, in figures, and how sure they are: from what the log holds, without a clock or a file."""
