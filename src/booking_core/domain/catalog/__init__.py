"""What a tenant sells: venues, resources, services, schedules and policies."""
