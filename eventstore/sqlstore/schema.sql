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
-- Where each id stands first in the streams in which ids were looked for, up to
-- the revision that seen tells. Most streams are appended to at exact revisions
-- and never looked at: an index of all ids would be half of the cost of appends.
create table if not exists ids (
    stream   text   not null,
    id       text   not null,
    revision bigint not null,
    position bigint not null,
    primary key (stream, id)
) without rowid;
create table if not exists seen (
    stream   text   not null primary key,
    revision bigint not null
) without rowid;
drop index if exists events_by_id; -- of earlier versions, which indexed all
