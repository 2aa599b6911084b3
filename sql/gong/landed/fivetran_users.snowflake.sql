-- The view gong.landed_users over Fivetran's table USERS (Snowflake).
CREATE OR REPLACE VIEW gong.landed_users AS
SELECT
    CAST(id AS VARCHAR) AS user_id,
    CAST(CONVERT_TIMEZONE('UTC', _fivetran_synced) AS TIMESTAMP_NTZ) AS landed_at,
    OBJECT_CONSTRUCT(
        'id', CAST(id AS VARCHAR), 'emailAddress', email_address, 'firstName', first_name,
        'lastName', last_name, 'title', title, 'managerId', CAST(manager_id AS VARCHAR), 'active', active
    ) AS payload
FROM <% landing %>.users
WHERE NOT COALESCE(_fivetran_deleted, FALSE)
