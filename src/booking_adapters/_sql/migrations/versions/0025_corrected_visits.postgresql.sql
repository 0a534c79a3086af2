-- A no-show who came after all is in the history as both; nothing is ever taken out of it.
DROP INDEX guest_visits_reservation_idx

CREATE UNIQUE INDEX guest_visits_reservation_idx ON guest_visits (tenant_id, reservation_id, kind)
