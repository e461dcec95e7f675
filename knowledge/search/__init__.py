"""Answer questions with ranked facts and passages; `weights` holds every tunable number."""
