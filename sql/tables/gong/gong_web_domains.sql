-- One row per way in which a web domain is written in the CRM, by customers or in calls.
-- key: written
CREATE TABLE IF NOT EXISTS gong.gong_web_domains (
    written STRING NOT NULL, -- as it is written, e.g. https://www.Acme.example/de
    domain  STRING NOT NULL  -- the domain that is meant, e.g. acme.example
);
