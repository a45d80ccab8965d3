-- +goose Up
-- Which of the processes that took a request up is the one whose answer counts.
ALTER TABLE idempotency ADD COLUMN attempt TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE idempotency DROP COLUMN attempt;
