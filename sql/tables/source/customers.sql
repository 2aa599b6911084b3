-- One row per customer (deduplicated, curated upstream).
-- key: customer_id
-- needed for: reviews
CREATE TABLE IF NOT EXISTS source.customers (
    customer_id     STRING NOT NULL, -- the customer, e.g. CUST_12345
    customer_name   STRING NOT NULL, -- name as shown to readers, any script
    industry        STRING NOT NULL, -- industry vertical, joins industry_benchmarks.industry_vertical
    segment         STRING NOT NULL, -- commercial segment; one of: Enterprise, Mid-Market, Small Business
    region          STRING NOT NULL, -- sales region; one of: North America, Asia Pacific, Europe, Latin America
    country         STRING,          -- ISO 3166 alpha-2
    employee_count  BIGINT,          -- employees of the customer
    arr             DECIMAL(18,2),   -- annual recurring revenue, in currency
    contract_start  DATE,            -- first day of the current relationship
    renewal_date    DATE,            -- end of the current term
    lifecycle_stage STRING NOT NULL, -- where the customer stands; one of: onboarding, steady, renewal
    goal            STRING,          -- goal agreed with the customer, in words
    company_domain  STRING,          -- mail domain, for matching calls
    currency        STRING           -- ISO 4217, of all money of the contract (USD where not said)
);
