"""A request that is sent again at once: the answer that was just given is given again, and nothing is asked anew."""

from collections.abc import Callable

import attrs

from booking_core.domain.kernel.errors import KeyReused
from booking_core.domain.reservations.reservation import Status
from booking_core.ports.answers import Answers, GivenAnswer
from booking_core.usecases.book import BookCommand, Booked


@attrs.frozen(kw_only=True)
class RecalledBooking:
    """Book behind the answers of the last minute. The storage decides everything that they do not know.

    What still waits, for money or for approval, is not kept: whoever asks again wants to know how it stands.
    """

    book: Callable[[BookCommand], Booked]
    answers: Answers

    def __call__(self, command: BookCommand) -> Booked:
        """The reservation as it was answered; raises what Book raises, KeyReused among it."""
        key = command.idempotency_key
        if not key:
            return self.book(command)
        fingerprint = command.fingerprint()
        given = self.answers.recall(command.tenant, key)
        if given is None:
            booked = self.book(command)
            if booked.reservation.status is Status.CONFIRMED:
                answer = GivenAnswer(fingerprint=fingerprint, reservation=booked.reservation)
                self.answers.keep(command.tenant, key, answer)
            return booked
        if given.fingerprint != fingerprint:
            raise KeyReused("this idempotency key was used for a different request")
        return Booked(given.reservation, is_replay=True)
