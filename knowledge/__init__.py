"""Turn graphs and literature into a searchable knowledge base and into training rows.

    files -> sources -> catalogue -> generation -> search -> evidence
                            └──────> lessons -> dataset folder

Layers, each of which imports only those left of it:
`root → text → graph → calculators → index → search → ingest → datasets → lessons`.
The ranking is tuned in `knowledge.search.weights`.
"""

from knowledge.errors import KnowledgeError

__all__ = ["KnowledgeError"]
