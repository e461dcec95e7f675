"""Read PDF by the place of its glyphs: columns, tables, running heads, scans."""
