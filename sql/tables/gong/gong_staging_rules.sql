-- One row per rule of staging, from gong.yaml.
-- key: kind, priority
CREATE TABLE IF NOT EXISTS gong.gong_staging_rules (
    kind     STRING NOT NULL, -- what it decides; one of: call_type, shared_mail_domain
    priority BIGINT NOT NULL, -- the first rule that fits counts
    pattern  STRING NOT NULL, -- regular expression on the whole lower-case text, or the domain
    outcome  STRING NOT NULL  -- the call type, or shared
);
