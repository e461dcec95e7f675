"""The schema of the one database, step by step; packaged as `medchat.migrations`."""
