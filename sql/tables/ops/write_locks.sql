-- One row per table that is merged into: a merge updates its row first, so that merges take turns.
-- key: table_name
CREATE TABLE IF NOT EXISTS ops.write_locks (
    table_name STRING NOT NULL, -- schema.name of the table
    taken      BIGINT NOT NULL  -- merges so far
);
