-- One row per HubSpot contact.
-- key: contact_id
CREATE TABLE IF NOT EXISTS source.hubspot_contacts (
    contact_id STRING NOT NULL, -- HubSpot id
    company_id STRING,          -- its company; joins hubspot_companies.company_id
    email      STRING,          -- address
    full_name  STRING,          -- name
    job_title  STRING           -- title
);
