-- What Airbyte's connector (source-gong, streams extensiveCalls, callTranscripts, users) lands in Snowflake:
-- the answers' own keys as columns, objects and lists as VARIANT, and Airbyte's columns about each row.
CREATE TABLE extensivecalls (
    _airbyte_raw_id VARCHAR, _airbyte_extracted_at TIMESTAMPTZ, _airbyte_meta VARIANT,
    _airbyte_generation_id BIGINT, id VARCHAR, startdatetime VARCHAR, metadata VARIANT,
    context VARIANT, parties VARIANT, content VARIANT, interaction VARIANT,
    collaboration VARIANT, media VARIANT
);
CREATE TABLE calltranscripts (
    _airbyte_raw_id VARCHAR, _airbyte_extracted_at TIMESTAMPTZ, _airbyte_meta VARIANT,
    _airbyte_generation_id BIGINT, callid VARCHAR, started VARCHAR, transcript VARIANT
);
CREATE TABLE users (
    _airbyte_raw_id VARCHAR, _airbyte_extracted_at TIMESTAMPTZ, _airbyte_meta VARIANT,
    _airbyte_generation_id BIGINT, id VARCHAR, emailaddress VARCHAR, firstname VARCHAR,
    lastname VARCHAR, title VARCHAR, managerid VARCHAR, active BOOLEAN, created VARCHAR,
    phonenumber VARCHAR, settings VARIANT, spokenlanguages VARIANT
);
