-- One row per answer of a customer to a survey, former customers included.
-- key: response_id
-- optional: surveys of customers
CREATE TABLE IF NOT EXISTS source.survey_responses (
    response_id   STRING NOT NULL, -- the answer
    customer_id   STRING NOT NULL, -- the customer, also one that has left
    responded_on  DATE NOT NULL,   -- day of the answer
    survey_kind   STRING NOT NULL, -- question; one of: nps, csat, ces
    score         BIGINT,          -- answer: nps 0 to 10, csat 1 to 5, ces 1 to 7
    response_text STRING,          -- what was written beside the score
    person_id     STRING           -- who answered, as in customer_people
);
