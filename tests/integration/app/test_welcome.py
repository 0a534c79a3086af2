from booking_adapters.testing.builders import Business, a_business, a_clinic
from booking_app.container import open_deployment
from booking_app.demo import welcome
from booking_app.settings import Settings
from booking_core.usecases.save_business import SaveBusinessCommand


def greeting(business: Business, *, sandbox_payments: bool = False) -> str:
    settings = Settings(storage="memory://", sandbox_payments=sandbox_payments)
    with open_deployment(settings) as deployment:
        deployment.save_business(SaveBusinessCommand(catalog=business.catalog))
        return welcome(deployment, "http://127.0.0.1:8000", "memory://")


def test_the_demo_clinic_comes_with_requests_to_try() -> None:
    clinic = a_clinic().with_staff("anna").offering("consultation", "staff", minutes=30, every=15)
    assert greeting(clinic).count("curl") == 3


def test_a_clinic_of_ones_own_is_served_without_them() -> None:
    text = greeting(a_clinic().with_staff("anna"))
    assert "Serving clinic at http://127.0.0.1:8000" in text
    assert "curl" not in text


def test_cards_are_offered_where_they_pretend_and_a_hotel_night_only_where_the_hotel_is() -> None:
    text = greeting(a_clinic().with_staff("anna"), sandbox_payments=True)
    assert "4242 4242 4242 4242" in text
    assert "hotel" not in text


def test_a_business_that_is_no_clinic_is_served_without_them() -> None:
    text = greeting(a_business("bank", code="BANK").with_staff("anna").offering("visit", "staff", minutes=5))
    assert "curl" not in text
