"""What rows are written about: pages of facts, findings, calculator cases, licences, the split."""
