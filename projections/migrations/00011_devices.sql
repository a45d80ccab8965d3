-- +goose Up
-- Companies' desk phones, and whose they are now.
CREATE TABLE devices (
    id TEXT PRIMARY KEY,
    company TEXT NOT NULL,
    manufacturer TEXT NOT NULL,
    model TEXT NOT NULL,
    mac TEXT NOT NULL,
    serial TEXT NOT NULL,
    user_id TEXT NOT NULL,
    fetched_at TIMESTAMP,
    agent TEXT NOT NULL,
    generation INTEGER NOT NULL,
    gone BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    revision BIGINT NOT NULL,
    position BIGINT NOT NULL,
    born BIGINT NOT NULL,
    folded JSON NOT NULL
);
CREATE INDEX devices_company ON devices (company, gone, born);
CREATE INDEX devices_user ON devices (user_id);

-- +goose Down
DROP TABLE devices;
