create table if not exists subject_keys (
    subject   text primary key,
    wrapped   blob,           -- nonce and ciphertext; null: destroyed
    destroyed bigint          -- when, in microseconds
);
create table if not exists secrets (
    name    text primary key,
    wrapped blob not null
);
