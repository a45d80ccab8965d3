create table if not exists subject_keys (
    subject   text collate "C" primary key,
    wrapped   bytea,          -- nonce and ciphertext; null: destroyed
    destroyed bigint          -- when, in microseconds
);
create table if not exists secrets (
    name    text collate "C" primary key,
    wrapped bytea not null
);
-- One row, by which others notice that a key was destroyed.
create table if not exists key_destructions (count bigint not null);
insert into key_destructions select 0 where not exists (select from key_destructions);
