"""Clinical calculators: formulas as data, the calls that ask for them, their worked steps."""
