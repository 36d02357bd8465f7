"""What the tests share: fakes, builders, a clock."""
