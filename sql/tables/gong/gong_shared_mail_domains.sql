-- One row per domain of a mail provider that many companies share, from gong.yaml.
-- key: domain
CREATE TABLE IF NOT EXISTS gong.gong_shared_mail_domains (
    domain STRING NOT NULL -- the domain, in lower case
);
