CREATE TABLE workers (
    name TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    CONSTRAINT workers_pkey PRIMARY KEY (name)
) STRICT
