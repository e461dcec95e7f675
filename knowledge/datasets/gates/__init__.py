"""Gates: what a row must pass beside the proof, where that takes more than a few lines.

    near duplicates · overlap with evaluation sets · personal data · abuse and keywords ·
    shares and licences

Plain gates, and the order of all, stand in `knowledge.datasets.screening`.
"""
