"""Messages as files, and a folder that takes none."""

import errno

from cs_assets.delivery.model import Outcome
from resources import outbox
from resources.outbox import OutboxFolder


def test_a_message_lies_there_whole(tmp_path):
    folder = OutboxFolder(tmp_path, suffix=".eml")
    answer = folder.put("ada@cs.example", "k" * 64, b"words")
    assert answer.outcome is Outcome.ACCEPTED
    assert (tmp_path / answer.provider_message_id).read_bytes() == b"words"
    assert folder.has("k" * 64)
    assert not folder.has("m" * 64)


def test_a_full_disk_is_told_as_everywhere_and_other_refusals_by_their_words(tmp_path, monkeypatch):
    monkeypatch.setenv("CS_ASSETS_HOME", str(tmp_path))
    folder = OutboxFolder(tmp_path, suffix=".eml")
    for number, words, told in (
        (errno.ENOSPC, "No space left on device", f"disk full: {tmp_path}; free space and run"),
        (errno.EISDIR, "Is a directory", "the outbox cannot be written (Is a directory)"),
    ):
        refused = OSError(number, words)

        def refuse(*_: object, error: OSError = refused) -> None:
            raise error

        monkeypatch.setattr(outbox, "write_atomically", refuse)
        answer = folder.put("ada@cs.example", "k" * 64, b"words")
        assert answer.outcome is Outcome.CONFIG_ERROR
        assert answer.error_text.startswith(told)
