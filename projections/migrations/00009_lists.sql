-- +goose Up
-- Lists are read in the order in which users were ordered. An index that begins with what
-- is chosen and ends with that order finds a page without looking at anybody else; without
-- it, the few who wait were looked for among all who do not.
DROP INDEX IF EXISTS users_state;
CREATE INDEX users_in_state ON users (company, state, born);
CREATE INDEX users_everywhere ON users (state, born);
CREATE INDEX users_at_site ON users (company, site, born);
CREATE INDEX users_helpless ON users (help_from, born) WHERE help_from <> '';

-- Who administers is asked with every suspension and every deletion.
ALTER TABLE users ADD COLUMN admin BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE users SET admin = TRUE WHERE json_extract(folded, '$.Credential.Admin');
CREATE INDEX users_admins ON users (company, born) WHERE admin;

-- +goose Down
DROP INDEX users_admins;
ALTER TABLE users DROP COLUMN admin;
DROP INDEX users_helpless;
DROP INDEX users_at_site;
DROP INDEX users_everywhere;
DROP INDEX users_in_state;
CREATE INDEX users_state ON users (company, state);
