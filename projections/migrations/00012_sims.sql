-- +goose Up
-- Companies' SIMs, and whose they are now. A state that a date ends is judged when it is read.
CREATE TABLE sims (
    id TEXT PRIMARY KEY,
    company TEXT NOT NULL,
    user_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    imsi TEXT NOT NULL,
    iccid TEXT NOT NULL,
    activate_at TIMESTAMP,
    since TIMESTAMP NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    revision BIGINT NOT NULL,
    position BIGINT NOT NULL,
    born BIGINT NOT NULL,
    folded JSON NOT NULL
);
CREATE INDEX sims_company ON sims (company, born);
CREATE INDEX sims_user ON sims (user_id, born);

-- +goose Down
DROP TABLE sims;
