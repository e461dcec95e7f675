"""Migrate the database's schema with Alembic; packaged as `medchat.migrations`.

CONTRIBUTING.md says how to add one.
"""
