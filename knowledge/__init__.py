"""Knowledge: graph and literature in, evidence and lessons out.

    files -> sources -> catalogue -> generation -> search -> evidence
                            └──────> lessons -> dataset folder

This room knows nothing about models that write or about the people who ask.
"""

from knowledge.errors import KnowledgeError

__all__ = ["KnowledgeError"]
