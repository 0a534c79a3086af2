"""What is booked, as it stands in people's calendars; and what their calendars say."""
