-- Names are kept and compared as bytes; a unique revision and position make
-- even a writer that does not take the lock fail instead of being overwritten.
create table if not exists events (
    position bigint   not null primary key,
    stream   text     collate "C" not null,
    revision bigint   not null,
    id       uuid     not null,
    type     text     collate "C" not null,
    data     bytea    not null,
    meta     bytea    not null,
    recorded bigint   not null,
    format   smallint not null default 0, -- 1: data is no JSON
    unique (stream, revision)
);
-- Not unique: an id written again at the right revision is a new event.
create index if not exists events_by_id on events (stream, id, revision);
