-- +goose Up
-- Whom a user waits for who could not reset the password, and since when. For whom waited
-- before, the last fact is the nearest that is known.
ALTER TABLE users ADD COLUMN help_from TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN help_since TIMESTAMP;
UPDATE users SET help_from = json_extract(folded, '$.Credential.HelpFrom'), help_since = updated_at
    WHERE json_extract(folded, '$.Credential.HelpFrom') <> '';

-- Whoever was ordered as a number waits for the details, since when was not kept.
INSERT INTO activation_steps (user_id, ord, name, state, cause, responsible, code, text, attempts)
    SELECT id, 0, 'details', 'waiting', 'details-missing', 'admin', '', '', 0 FROM users
    WHERE json_extract(folded, '$.Lifecycle') = 'pending' AND NOT json_extract(folded, '$.Started') AND NOT erased
    AND (trim(first_name) = '' OR trim(last_name) = '');

-- +goose Down
ALTER TABLE users DROP COLUMN help_since;
ALTER TABLE users DROP COLUMN help_from;
