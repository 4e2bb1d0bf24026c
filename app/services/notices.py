"""Instructions from the centre that a person must read. Implements `api.Notices`; the shell shows them one by one over any screen."""

from app.core.messages import Code, Message
from app.core.storage import StorageTrouble
from app.core.views import NoticeCard
from app.services.ports import Store
from sync.contract.facts import ExceptionAck


def message_of(action: str, words: dict[str, str | int]) -> Message:
    """An instruction in this app's words. One that is newer than this app becomes "saved, support informed"."""
    known = {code.value: code for code in Code}
    kind, _, place = str(words.get("from_account", "")).partition(":")
    inside: dict[str, str | int] = {"tote": place} if kind == "tote" else {}
    return Message(known.get(action, Code.SAVED_SUPPORT_INFORMED), {**words, **inside})


class NoticesService:
    """Owns nothing."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def waiting(self) -> tuple[NoticeCard, ...]:
        """See `api.Notices`."""
        try:
            with self._store.look() as u:
                return tuple(NoticeCard(n.id, message_of(n.action, n.params)) for n in u.notices.waiting())
        except StorageTrouble:
            return ()

    def acknowledge(self, id: int) -> tuple[NoticeCard, ...]:
        """See `api.Notices`."""
        try:
            with self._store.unit() as u:
                notice = next((n for n in u.notices.waiting() if n.id == id), None)
                if notice is not None:
                    u.notices.acknowledge(id)
                    if notice.exception:
                        u.record(ExceptionAck(exception=notice.exception))
        except StorageTrouble:
            # It stays on the screen and is asked again.
            pass
        return self.waiting()
