-- One row per support ticket of a customer, former customers included.
-- key: ticket_id
-- optional: tickets of the help desk
CREATE TABLE IF NOT EXISTS source.support_tickets (
    ticket_id          STRING NOT NULL, -- the ticket
    customer_id        STRING NOT NULL, -- the customer, also one that has left
    opened_on          DATE NOT NULL,   -- day it was opened
    closed_on          DATE,            -- day it was closed; empty while it is open
    module_code        STRING,          -- module that it is about
    severity           STRING NOT NULL, -- weight; one of: low, normal, high, critical
    ticket_text        STRING,          -- what the customer wrote
    satisfaction_score BIGINT,          -- how content with the answer, 1 to 5, where asked and answered
    satisfaction_text  STRING           -- what was written beside the score
);
