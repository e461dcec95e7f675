"""List conversations: newest first, by day, each to be opened, renamed or deleted.

conversations + the open one -> list
"""

import time
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from medchat.storage.conversations import Conversation
from ui.safe_html import button, for_screen_readers, safe
from ui.text import PageText


def listing(
    conversations: Sequence[Conversation],
    current: str | None,
    words: PageText,
    *,
    searching: bool = False,
    now: float | None = None,
) -> str:
    """Return the list; `now` is the time that days are counted from."""
    if not conversations:
        key = "history_none" if searching else "history_empty"
        return f'<div class="history"><p class="empty">{safe(words(key))}</p></div>'
    moment = time.time() if now is None else now
    groups = groupby(conversations, key=lambda one: _day(one.updated, moment))
    listed = "".join(
        f"<h3>{safe(words(day))}</h3><ul>"
        f"{''.join(_item(one, one.id == current, words) for one in members)}</ul>"
        for day, members in groups
    )
    return f'<div class="history">{listed}</div>'


def _item(conversation: Conversation, current: bool, words: PageText) -> str:
    kind = "conversation current" if current else "conversation"
    options = words("options", title=conversation.title)
    return (
        f'<li class="{kind}">{button("open", conversation.title, conversation.id)}'
        f'<details class="options"><summary title="{safe(options)}">'
        f"<span>⋯</span>{for_screen_readers(words('options', title=conversation.title))}</summary>"
        f'<div class="menu"><label><span>{safe(words("title"))}</span>'
        f'<input type="text" maxlength="80" value="{safe(conversation.title)}"></label>'
        f"{button('rename', words('save'), conversation.id, kind='main')}"
        f"{button('delete', words('delete'), conversation.id, kind='danger')}</div></details></li>"
    )


def _day(then: float, now: float) -> str:
    days = (datetime.fromtimestamp(now).date() - datetime.fromtimestamp(then).date()).days
    return "today" if days <= 0 else "yesterday" if days == 1 else "earlier"
