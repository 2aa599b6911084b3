-- One row per text that a customer wrote: a ticket, what was said of its answer, a survey's answer.
-- key: text_id
CREATE TABLE IF NOT EXISTS analytics.customer_texts (
    text_id            STRING NOT NULL, -- source and its key, e.g. survey/R_17
    customer_id        STRING NOT NULL, -- the customer
    said_on            DATE NOT NULL,   -- day it was written
    source             STRING NOT NULL, -- what it is; one of: ticket, ticket_answer, survey
    sentiment_category STRING NOT NULL, -- how it speaks of the matter; one of: positive, neutral, negative, mixed, unknown
    sentiment_score    DOUBLE,          -- -1 to 1; empty from engines that give none
    signals            STRING,          -- kinds of signals in it, joined by commas, as of calls; empty without
    quote              STRING,          -- the first sentence that is a signal, word for word
    text_hash          STRING NOT NULL, -- SHA-256 of the words judged
    model              STRING NOT NULL, -- who judged the sentiment
    rules_version      STRING NOT NULL  -- version and digest of signals.yaml
);
