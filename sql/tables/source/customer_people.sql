-- One row per person who counts at a customer, and the role.
-- key: customer_id, person_id, role
-- optional: people at customers, with their roles
CREATE TABLE IF NOT EXISTS source.customer_people (
    customer_id     STRING NOT NULL, -- the customer; joins customers.customer_id
    person_id       STRING NOT NULL, -- the person, e.g. the contact of the CRM
    full_name       STRING,          -- name
    job_title       STRING,          -- title
    role            STRING NOT NULL, -- role; one of: champion, sponsor, economic buyer, power user
    since           DATE,            -- first day in the role
    left_on         DATE,            -- last day in the role; empty while it is held
    last_contact_on DATE             -- day of the last contact of any kind
);
