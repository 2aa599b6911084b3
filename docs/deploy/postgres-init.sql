-- The delivery ledger beside the Dagster instance: apart, so that it is kept and backed up by itself.
CREATE DATABASE deliveries OWNER cs_assets;
