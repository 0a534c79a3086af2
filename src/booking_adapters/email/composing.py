"""Messages as mails: one checked recipient each, and headers that nobody can add to."""

from datetime import datetime
from email.errors import HeaderParseError, MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from booking_core.ports.notifying import Message, Undeliverable

LONGEST_ADDRESS = 254
LONGEST_SUBJECT = 200


def mail_of(message: Message, sender_address: str, at: datetime) -> EmailMessage:
    """The mail, with the key of the message as its Message-ID; raises Undeliverable."""
    recipient, sender = parsed_address(message.to), parsed_address(sender_address)
    mail = EmailMessage()
    try:
        name = _one_line(message.sender_name)
        mail["From"] = Address(display_name=name, addr_spec=sender.addr_spec)
        mail["To"] = recipient
        mail["Subject"] = _one_line(message.subject)[:LONGEST_SUBJECT]
        mail["Date"] = format_datetime(at)
        mail["Message-ID"] = f"<{message.key}@{sender.domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        if message.may_be_repeat:
            mail["X-May-Be-Repeat"] = "yes"
    except (MessageError, ValueError) as failed:
        raise Undeliverable("a header of this mail cannot be written") from failed
    mail.set_content(message.text)
    if message.html:
        mail.add_alternative(message.html, subtype="html")
    for file in message.attachments:
        kind, _, rest = file.media_type.partition(";")
        maintype, _, subtype = kind.strip().partition("/")
        parameters = dict(each.strip().split("=", 1) for each in rest.split(";") if "=" in each)
        mail.add_attachment(
            file.content, maintype=maintype, subtype=subtype, filename=file.name, params=parameters
        )
    return mail


def parsed_address(text: str) -> Address:
    """One plain mail address; raises Undeliverable for lists, names, line breaks and what is none."""
    try:
        found = Address(addr_spec=text) if text.isprintable() else None
    except (HeaderParseError, ValueError, IndexError):
        found = None
    if found is None or not (found.username and "." in found.domain) or len(text) > LONGEST_ADDRESS:
        raise Undeliverable("this is no mail address")
    return found


def _one_line(text: str) -> str:
    """The text without line breaks and other characters that could end a header."""
    return "".join(character if character.isprintable() else " " for character in text).strip()
