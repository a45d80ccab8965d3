-- +goose Up
-- A word is looked for in everybody whom a list would show. The words stand in the
-- lists' indexes, so that only the rows that have them are read.
DROP INDEX users_born;
DROP INDEX users_company;
DROP INDEX users_in_state;
CREATE INDEX users_born ON users (born, search);
CREATE INDEX users_company ON users (company, born, search);
CREATE INDEX users_in_state ON users (company, state, born, search);

-- +goose Down
DROP INDEX users_in_state;
DROP INDEX users_company;
DROP INDEX users_born;
CREATE INDEX users_born ON users (born);
CREATE INDEX users_company ON users (company, born);
CREATE INDEX users_in_state ON users (company, state, born);
