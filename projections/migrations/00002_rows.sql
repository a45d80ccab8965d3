-- +goose Up
-- Rows that are no projections: they cannot be built again from the events.
CREATE TABLE sessions (
    token TEXT PRIMARY KEY,
    data BLOB NOT NULL,
    expires TIMESTAMP NOT NULL
);
CREATE INDEX sessions_expires ON sessions (expires);

-- The first answer to a request that carries an Idempotency-Key.
CREATE TABLE idempotency (
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    state TEXT NOT NULL,
    status INTEGER NOT NULL DEFAULT 0,
    header JSON,
    body BLOB,
    created TIMESTAMP NOT NULL,
    expires TIMESTAMP NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_expires ON idempotency (expires);

CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    until TIMESTAMP NOT NULL
);

-- Where phones are reached (RFC 3261 section 10); expires and updated are Unix microseconds.
CREATE TABLE registrations (
    username TEXT NOT NULL,
    contact TEXT NOT NULL,
    call_id TEXT NOT NULL,
    cseq BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    received TEXT NOT NULL DEFAULT '',
    transport TEXT NOT NULL DEFAULT '',
    path TEXT NOT NULL DEFAULT '',
    instance TEXT NOT NULL DEFAULT '',
    updated BIGINT NOT NULL,
    PRIMARY KEY (username, contact)
);
CREATE INDEX registrations_expires ON registrations (expires);

-- +goose Down
DROP TABLE registrations;
DROP TABLE leases;
DROP TABLE idempotency;
DROP TABLE sessions;
