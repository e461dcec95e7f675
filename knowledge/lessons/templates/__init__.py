"""The words of lessons as YAML, one folder per language; see docs/templates.md."""
