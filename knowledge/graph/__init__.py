"""The knowledge graph: tables, entity resolution and linking, merges, splits, conflicts, facts in words."""
