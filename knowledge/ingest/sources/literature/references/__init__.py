"""Read the exports of reference managers."""
