-- +goose Up
-- Failed logins by what was typed, as a keyed hash: known and unknown names alike.
CREATE TABLE login_failures (
    name TEXT PRIMARY KEY,
    failures BIGINT NOT NULL,
    last TIMESTAMP NOT NULL
);

-- +goose Down
DROP TABLE login_failures;
