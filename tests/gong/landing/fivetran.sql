-- What Fivetran's connector (gong) lands in Snowflake, of its tables those that are read: a table for each
-- kind of thing that an answer holds, and Fivetran's columns about each row.
CREATE TABLE "CALL" (
    id VARCHAR, workspace_id VARCHAR, primary_user_id VARCHAR, calendar_event_id VARCHAR,
    client_unique_id VARCHAR, company_question_count VARCHAR, custom_data VARCHAR,
    direction VARCHAR, duration BIGINT, is_private BOOLEAN, languages VARCHAR, media VARCHAR,
    media_audio_url VARCHAR, media_video_url VARCHAR, meeting_url VARCHAR,
    non_company_question_count VARCHAR, purpose VARCHAR, scheduled VARCHAR, scope VARCHAR,
    sdr_disposition VARCHAR, started VARCHAR, systems VARCHAR, title VARCHAR, url VARCHAR,
    _fivetran_deleted BOOLEAN, _fivetran_synced TIMESTAMPTZ
);
CREATE TABLE call_participant (
    id VARCHAR, call_id VARCHAR, user_id VARCHAR, affiliation VARCHAR, email_address VARCHAR,
    methods VARIANT, name VARCHAR, phone_number VARCHAR, speaker_id VARCHAR, title VARCHAR,
    _fivetran_deleted BOOLEAN, _fivetran_synced TIMESTAMPTZ
);
CREATE TABLE call_context_integration (
    name VARCHAR, object_id VARCHAR, call_id VARCHAR, object_type VARCHAR, systems VARCHAR,
    timing VARCHAR, value VARIANT, _fivetran_deleted BOOLEAN, _fivetran_synced TIMESTAMPTZ
);
CREATE TABLE call_participant_integration (
    name VARCHAR, object_id VARCHAR, call_id VARCHAR, call_participant_id VARCHAR,
    object_type VARCHAR, systems VARCHAR, timing VARCHAR, value VARIANT,
    _fivetran_deleted BOOLEAN, _fivetran_synced TIMESTAMPTZ
);
CREATE TABLE call_interaction (
    name VARCHAR, call_id VARCHAR, value VARCHAR,
    _fivetran_deleted BOOLEAN, _fivetran_synced TIMESTAMPTZ
);
CREATE TABLE call_topic (
    _fivetran_id VARCHAR, call_id VARCHAR, duration VARCHAR, name VARCHAR,
    _fivetran_deleted BOOLEAN, _fivetran_synced TIMESTAMPTZ
);
CREATE TABLE transcript (
    call_id VARCHAR, index VARCHAR, workspace_id VARCHAR, sentence VARIANT, speaker_id VARCHAR,
    topic VARCHAR, _fivetran_deleted BOOLEAN, _fivetran_synced TIMESTAMPTZ
);
CREATE TABLE users (
    id VARCHAR, manager_id VARCHAR, active BOOLEAN, created VARCHAR, email_address VARCHAR,
    extension VARCHAR, first_name VARCHAR, last_name VARCHAR, phone_number VARCHAR, title VARCHAR,
    _fivetran_deleted BOOLEAN, _fivetran_synced TIMESTAMPTZ
);
