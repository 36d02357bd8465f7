"""The matching benchmark: our matcher and the ones a user would pick, on the same pairs in the same run."""
