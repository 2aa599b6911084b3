-- One row per page of the viewer: where it lies and what it holds.
-- key: path
CREATE TABLE IF NOT EXISTS analytics.review_site (
    path     STRING NOT NULL, -- below the home folder
    sha256   STRING NOT NULL, -- of the file
    bytes    BIGINT NOT NULL, -- size
    reports  BIGINT NOT NULL, -- reviews in it
    digests  BIGINT NOT NULL  -- digests and team summaries in it
);
