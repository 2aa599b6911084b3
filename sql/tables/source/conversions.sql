-- One row per conversion of a customer's campaign.
-- key: conversion_id
-- feed: conversions; day conversion_date; by channel, region; late: hold
CREATE TABLE IF NOT EXISTS source.conversions (
    conversion_id    STRING NOT NULL,        -- the conversion
    customer_id      STRING NOT NULL,        -- the customer; joins customers.customer_id
    conversion_date  DATE NOT NULL,          -- day of the conversion
    channel          STRING NOT NULL,        -- channel, e.g. email, sms, push, web, social
    conversion_value DECIMAL(18,2) NOT NULL, -- value in USD
    region           STRING,                 -- region of the converted person
    industry         STRING                  -- industry of the customer
);
