-- +goose Up
-- Whom a user waits for who could not reset the password, and since when. For whom waited
-- before, the last fact is the nearest that is known.
ALTER TABLE users ADD COLUMN help_from TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN help_since TIMESTAMP;
UPDATE users SET help_from = json_extract(folded, '$.Credential.HelpFrom'), help_since = updated_at
    WHERE json_extract(folded, '$.Credential.HelpFrom') <> '';

-- +goose Down
ALTER TABLE users DROP COLUMN help_since;
ALTER TABLE users DROP COLUMN help_from;
