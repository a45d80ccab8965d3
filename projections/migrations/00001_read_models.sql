-- +goose Up
-- The tables of the projections. Times are UTC; positions are those of the event store.
CREATE TABLE checkpoints (
    name TEXT PRIMARY KEY,
    position BIGINT NOT NULL DEFAULT 0,
    updated TIMESTAMP NOT NULL
);

-- Events a projection could not apply, and those of the same stream behind them (error is empty).
CREATE TABLE parked (
    projection TEXT NOT NULL,
    stream TEXT NOT NULL,
    revision BIGINT NOT NULL,
    position BIGINT NOT NULL,
    type TEXT NOT NULL,
    error TEXT NOT NULL,
    at TIMESTAMP NOT NULL,
    PRIMARY KEY (projection, position)
);
CREATE INDEX parked_stream ON parked (stream, projection, position);

CREATE TABLE users (
    id TEXT PRIMARY KEY,
    company TEXT NOT NULL,
    site TEXT NOT NULL,
    state TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    directory_first_name TEXT NOT NULL,
    directory_last_name TEXT NOT NULL,
    email TEXT NOT NULL,
    mobile TEXT NOT NULL,
    mobile_number TEXT NOT NULL,
    contract_number TEXT NOT NULL,
    mac TEXT NOT NULL,
    number TEXT NOT NULL,
    extension TEXT NOT NULL,
    licence TEXT NOT NULL,
    device TEXT NOT NULL,
    language TEXT NOT NULL,
    link_state TEXT NOT NULL,
    link_expires_at TIMESTAMP,
    credential_state TEXT NOT NULL,
    login_username TEXT NOT NULL,
    suspended BOOLEAN NOT NULL,
    erased BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    revision BIGINT NOT NULL,
    position BIGINT NOT NULL,
    born BIGINT NOT NULL,
    search TEXT NOT NULL,
    folded JSON NOT NULL
);
CREATE INDEX users_born ON users (born);
CREATE INDEX users_company ON users (company, born);
CREATE INDEX users_state ON users (company, state);

CREATE TABLE activation_steps (
    user_id TEXT NOT NULL,
    ord INTEGER NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    cause TEXT NOT NULL,
    responsible TEXT NOT NULL,
    code TEXT NOT NULL,
    text TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_try TIMESTAMP,
    deadline TIMESTAMP,
    PRIMARY KEY (user_id, ord)
);
CREATE INDEX activation_steps_stuck ON activation_steps (state, responsible, cause);

CREATE TABLE history (
    position BIGINT PRIMARY KEY,
    user_id TEXT NOT NULL,
    stream TEXT NOT NULL,
    revision BIGINT NOT NULL,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    at TIMESTAMP NOT NULL,
    recorded TIMESTAMP NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    reason TEXT NOT NULL,
    command TEXT NOT NULL,
    correlation TEXT NOT NULL,
    causation TEXT NOT NULL,
    erased BOOLEAN NOT NULL,
    data JSON NOT NULL
);
CREATE INDEX history_user ON history (user_id, position);
CREATE INDEX history_stream ON history (stream);

CREATE TABLE companies (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    country TEXT NOT NULL,
    policy_name TEXT NOT NULL,
    policy_version INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    revision BIGINT NOT NULL,
    position BIGINT NOT NULL,
    born BIGINT NOT NULL,
    folded JSON NOT NULL
);
CREATE INDEX companies_born ON companies (born);

CREATE TABLE numbers (
    number TEXT PRIMARY KEY,
    company TEXT NOT NULL,
    user_id TEXT NOT NULL,
    state TEXT NOT NULL,
    since TIMESTAMP NOT NULL,
    revision BIGINT NOT NULL,
    position BIGINT NOT NULL
);
CREATE INDEX numbers_company ON numbers (company, state, number);

CREATE TABLE claims (
    stream TEXT NOT NULL,
    kind TEXT NOT NULL,
    owner TEXT NOT NULL,
    deadline TIMESTAMP NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (stream, kind)
);
CREATE INDEX claims_deadline ON claims (deadline, stream);

CREATE TABLE claim_blocks (
    position BIGINT PRIMARY KEY,
    owner TEXT NOT NULL,
    first TEXT NOT NULL,
    last TEXT NOT NULL
);
CREATE INDEX claim_blocks_owner ON claim_blocks (owner);

CREATE TABLE licences (
    pool TEXT PRIMARY KEY,
    company TEXT NOT NULL,
    kind TEXT NOT NULL,
    ordered INTEGER NOT NULL,
    position BIGINT NOT NULL
);
CREATE INDEX licences_company ON licences (company);

CREATE TABLE seats (
    stream TEXT PRIMARY KEY,
    pool TEXT NOT NULL,
    owner TEXT NOT NULL,
    position BIGINT NOT NULL
);
CREATE INDEX seats_pool ON seats (pool);

-- +goose Down
DROP TABLE seats;
DROP TABLE licences;
DROP TABLE claim_blocks;
DROP TABLE claims;
DROP TABLE numbers;
DROP TABLE companies;
DROP TABLE history;
DROP TABLE activation_steps;
DROP TABLE users;
DROP TABLE parked;
DROP TABLE checkpoints;
