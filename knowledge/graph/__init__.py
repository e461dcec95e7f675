"""Store the knowledge graph: tables, merging, entity linking, conflicts, facts as text."""
