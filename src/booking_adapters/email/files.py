"""Messages as files in a directory, for those who develop or try things out: nothing leaves the machine."""

from email.policy import SMTP
from pathlib import Path

import attrs

from booking_adapters.email.composing import mail_of
from booking_core.ports.ambient import Clock
from booking_core.ports.notifying import Message, NotifierUnavailable


@attrs.frozen(kw_only=True)
class MailFiles:
    """The Notifier port: each mail is an `.eml` file, which mail programs open. A repeat replaces its file."""

    directory: Path
    sender: str
    clock: Clock

    def send(self, message: Message) -> str:
        """Write it; the name of the file. Raises Undeliverable, NotifierUnavailable."""
        mail = mail_of(message, self.sender, self.clock.now())
        return _written(self.directory / f"{message.key}.eml", mail.as_bytes(policy=SMTP))


@attrs.frozen(kw_only=True)
class TextFiles:
    """The Notifier port: each message is a `.txt` file with its recipient and its text."""

    directory: Path

    def send(self, message: Message) -> str:
        """Write it; the name of the file. Raises NotifierUnavailable."""
        text = f"To: {message.to}\n\n{message.text}\n"
        return _written(self.directory / f"{message.key}.txt", text.encode())


def _written(file: Path, content: bytes) -> str:
    """Readable for the owner alone: it names people."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.touch(mode=0o600)
        file.write_bytes(content)
    except OSError as error:
        raise NotifierUnavailable("the directory of messages cannot be written") from error
    return file.name
