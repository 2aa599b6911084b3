-- One row per HubSpot deal.
-- key: deal_id
CREATE TABLE IF NOT EXISTS source.hubspot_deals (
    deal_id     STRING NOT NULL, -- HubSpot id
    company_id  STRING,          -- its company; joins hubspot_companies.company_id
    deal_name   STRING NOT NULL, -- name
    deal_stage  STRING NOT NULL, -- stage
    deal_amount DECIMAL(18,2),   -- amount, in currency
    close_date  DATE,            -- expected or actual day of closing
    owner_email STRING,          -- address of the owning rep; form: mail address
    currency    STRING           -- ISO 4217 (USD where not said)
);
