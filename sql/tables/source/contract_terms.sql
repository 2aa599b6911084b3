-- One row per contract term of a customer and what became of it, former customers included.
-- key: customer_id, term_start
-- optional: contract terms of the past, with renewals and cancellations
CREATE TABLE IF NOT EXISTS source.contract_terms (
    customer_id   STRING NOT NULL, -- the customer, also one that has left
    customer_name STRING,          -- name
    industry      STRING,          -- industry vertical
    segment       STRING,          -- commercial segment; one of: Enterprise, Mid-Market, Small Business
    term_start    DATE NOT NULL,   -- first day of the term
    term_end      DATE NOT NULL,   -- day the term ends or the next one begins
    notice_date   DATE,            -- last day to give notice
    arr           DECIMAL(18,2),   -- what is up for renewal a year, in the customer's currency
    outcome       STRING NOT NULL, -- what became of it; one of: renewed, expanded, contracted, cancelled, open
    decided_on    DATE,            -- day of the decision
    renewed_arr   DECIMAL(18,2),   -- what was agreed for the next term a year, in the same; 0 when cancelled
    reason        STRING           -- what the customer said, where less or nothing was agreed
);
