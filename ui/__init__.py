"""The web chat: what a reader sees.

    service (medchat) -> panes of escaped HTML -> Gradio components <- one small script

One module for each pane; `page` handles the events, `app` lays out and wires them.
"""
