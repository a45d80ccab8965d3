create table if not exists events (
    position integer primary key,
    stream   text    not null,
    revision bigint  not null,
    id       text    not null,
    type     text    not null,
    data     blob    not null,
    meta     blob    not null,
    recorded bigint  not null,
    format   smallint not null default 0, -- 1: data is no JSON
    unique (stream, revision)
);
-- Not unique: an id written again at the right revision is a new event.
create index if not exists events_by_id on events (stream, id);
