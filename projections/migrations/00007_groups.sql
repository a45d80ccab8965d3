-- +goose Up
-- Groups of users who are called together, and their members in their order. Whether a
-- member can ring stands with the user.
CREATE TABLE call_groups (
    id TEXT PRIMARY KEY,
    company TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    site TEXT NOT NULL,
    extension TEXT NOT NULL,
    strategy TEXT NOT NULL,
    members INTEGER NOT NULL,
    gone BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    revision BIGINT NOT NULL,
    position BIGINT NOT NULL,
    born BIGINT NOT NULL,
    folded JSON NOT NULL
);
CREATE INDEX call_groups_company ON call_groups (company, gone, born);

CREATE TABLE group_members (
    group_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    place INTEGER NOT NULL,
    logged_out BOOLEAN NOT NULL,
    since TIMESTAMP NOT NULL,
    PRIMARY KEY (group_id, user_id)
);
CREATE INDEX group_members_user ON group_members (user_id);

-- +goose Down
DROP TABLE group_members;
DROP TABLE call_groups;
