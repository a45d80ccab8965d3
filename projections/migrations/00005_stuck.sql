-- +goose Up
-- Since when a step stands so, in microseconds of Unix time: how long somebody waits.
ALTER TABLE activation_steps ADD COLUMN since BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE activation_steps DROP COLUMN since;
