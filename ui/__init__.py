"""The web chat: what a reader sees.

    desk (medchat) -> pages of escaped HTML -> Gradio components <- one small script

This room imports medchat only; it knows nothing of how an answer comes about or where it is kept.
"""
