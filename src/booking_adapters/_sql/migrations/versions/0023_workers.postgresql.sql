CREATE TABLE workers (
    name text NOT NULL,
    seen_at timestamptz NOT NULL,
    CONSTRAINT workers_pkey PRIMARY KEY (name)
) WITH (fillfactor = 50)

GRANT SELECT, INSERT, UPDATE, DELETE ON workers TO booking_app

-- It belongs to no business and tells nothing of one: whoever works for the application sees all of it.
ALTER TABLE workers ENABLE ROW LEVEL SECURITY

ALTER TABLE workers FORCE ROW LEVEL SECURITY

CREATE POLICY of_the_deployment ON workers USING (true)
