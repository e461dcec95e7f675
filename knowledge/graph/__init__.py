"""The knowledge graph: tables, entity resolution, linker, merges, conflicts, verbalization."""
