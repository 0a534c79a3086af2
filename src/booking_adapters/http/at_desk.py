"""A reservation in the hands of the front desk: what is done with it, whether over HTTP or on the command line."""

from typing import Any

import attrs

from booking_adapters.http.asking import AskingAbout
from booking_adapters.http.front_desk import FrontDesk
from booking_core.domain.catalog.schedule import minute_of_day
from booking_core.domain.frontdesk.rooms import Room
from booking_core.domain.kernel.money import Money
from booking_core.domain.reservations.bill import Bill
from booking_core.domain.reservations.cancellation import Waiver
from booking_core.domain.reservations.folio import Folio
from booking_core.usecases.charging import ChargeArticleCommand, TakeBackCommand
from booking_core.usecases.check_in import ChangeRoomCommand, CheckedIn, CheckInCommand, LockRoomCommand
from booking_core.usecases.check_out import CheckedOut, CheckOutCommand, ReopenBillCommand
from booking_core.usecases.departing import BillQuery
from booking_core.usecases.late_check_out import StayedLonger, StayLongerCommand
from booking_core.usecases.no_shows import WaiveFeeCommand
from booking_core.usecases.paying_at_desk import CashCommand, RedeemCommand, Redeemed


@attrs.frozen
class AtDesk:
    """The reservation that somebody asks about, at the counter. Raises what the use cases raise."""

    about: AskingAbout

    @property
    def _desk(self) -> FrontDesk:
        return self.about.engine.front_desk

    @property
    def _whose(self) -> dict[str, Any]:
        """What every command of the front desk names."""
        return {"tenant": self.about.tenant, "reservation": self.about.id, "actor": self.about.actor}

    def check_in(self, rooms: tuple[str, ...], *, corrects_no_show: bool) -> CheckedIn:
        """The guest is here: into these rooms, or into those that are promised or proposed."""
        command = CheckInCommand(**self._whose, rooms=rooms, corrects_no_show=corrects_no_show)
        return self._desk.check_in(command)

    def lock_room(self, room: str | None, number: int) -> None:
        """Promise a room for a place; None takes the promise back."""
        self._desk.lock_room(LockRoomCommand(**self._whose, room=room, number=number))

    def change_room(self, old: str, new: str) -> tuple[Room, Room]:
        """From one room into another."""
        return self._desk.change_room(ChangeRoomCommand(**self._whose, old=old, new=new))

    def stay_until(self, text: str) -> StayedLonger:
        """Longer on the last day, until a time such as `14:00`."""
        command = StayLongerCommand(**self._whose, minute=minute_of_day(text, "until"))
        return self._desk.stay_longer(command)

    def charge(self, article: str, quantity: int) -> Folio:
        """Something that the house sells over the counter."""
        command = ChargeArticleCommand(**self._whose, article=article, quantity=quantity)
        return self._desk.charge(command)

    def take_back(self, group: int, reason: str) -> Folio:
        """An extra, by its group."""
        return self._desk.take_back(TakeBackCommand(**self._whose, group=group, reason=reason))

    def bill(self) -> Bill:
        """As it stands."""
        return self._desk.show_bill(BillQuery(tenant=self.about.tenant, reservation=self.about.id))

    @property
    def currency(self) -> str:
        """In which the guest pays."""
        catalog = self.about.catalog
        return catalog.venue_of(catalog.service(self.about.reservation.service)).currency

    def take_cash(self, amount: Money, *, is_handed_back: bool = False) -> Folio:
        """Cash that was taken, or handed back."""
        command = CashCommand(**self._whose, amount=amount, is_handed_back=is_handed_back)
        return self._desk.take_cash(command)

    def redeem_points(self, points: int | None) -> Redeemed:
        """Pay with so many points, or (None) with as many as can be used."""
        return self._desk.redeem_points(RedeemCommand(**self._whose, points=points))

    def check_out(self, method: str, *, accept_balance_due: bool, waived: str | None) -> CheckedOut:
        """The guest leaves; `waived` says why nights given up cost nothing."""
        command = CheckOutCommand(
            **self._whose,
            method=method,
            accept_balance_due=accept_balance_due,
            waiver=None if waived is None else Waiver(waived),
        )
        return self._desk.check_out(command)

    def reopen_bill(self) -> Folio:
        """Call a check-out off."""
        return self._desk.reopen_bill(ReopenBillCommand(**self._whose))

    def waive_no_show_fee(self, reason: str) -> Folio:
        """Let them off who did not come."""
        command = WaiveFeeCommand(**self._whose, waiver=Waiver(reason))
        return self._desk.waive_no_show_fee(command)
