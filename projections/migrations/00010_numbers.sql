-- +goose Up
-- What a number is, what becomes of it without a user, and whose it was before. The state
-- "idle" is told apart by the dates when it is read.
ALTER TABLE numbers ADD COLUMN kind TEXT NOT NULL DEFAULT '';
ALTER TABLE numbers ADD COLUMN country TEXT NOT NULL DEFAULT '';
ALTER TABLE numbers ADD COLUMN pool BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE numbers ADD COLUMN reserved BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE numbers ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE numbers ADD COLUMN reserved_until TIMESTAMP;
ALTER TABLE numbers ADD COLUMN rests_until TIMESTAMP;
ALTER TABLE numbers ADD COLUMN forward TEXT NOT NULL DEFAULT '';
ALTER TABLE numbers ADD COLUMN former_user TEXT NOT NULL DEFAULT '';
ALTER TABLE numbers ADD COLUMN former_company TEXT NOT NULL DEFAULT '';
UPDATE numbers SET state = CASE state WHEN 'free' THEN 'idle' WHEN 'reserved' THEN 'held' ELSE state END;
CREATE INDEX numbers_former ON numbers (former_company, number);
CREATE INDEX numbers_pool ON numbers (pool, company, number);

-- +goose Down
DROP INDEX numbers_pool;
DROP INDEX numbers_former;
ALTER TABLE numbers DROP COLUMN former_company;
ALTER TABLE numbers DROP COLUMN former_user;
ALTER TABLE numbers DROP COLUMN forward;
ALTER TABLE numbers DROP COLUMN rests_until;
ALTER TABLE numbers DROP COLUMN reserved_until;
ALTER TABLE numbers DROP COLUMN reason;
ALTER TABLE numbers DROP COLUMN reserved;
ALTER TABLE numbers DROP COLUMN pool;
ALTER TABLE numbers DROP COLUMN country;
ALTER TABLE numbers DROP COLUMN kind;
