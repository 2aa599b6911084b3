-- One row per HubSpot company.
-- key: company_id
CREATE TABLE IF NOT EXISTS source.hubspot_companies (
    company_id     STRING NOT NULL, -- HubSpot id
    company_name   STRING NOT NULL, -- name
    domain         STRING,          -- web domain
    industry       STRING,          -- industry
    employee_count BIGINT,          -- employees
    customer_id    STRING           -- our customer, when it is one; joins customers.customer_id
);
