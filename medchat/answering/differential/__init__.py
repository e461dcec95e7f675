"""Name the conditions that findings fit, ranked, with what is for and against each."""
