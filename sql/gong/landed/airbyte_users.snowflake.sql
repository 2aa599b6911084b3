-- The view gong.landed_users over Airbyte's stream users (Snowflake).
CREATE OR REPLACE VIEW gong.landed_users AS
SELECT
    CAST(id AS VARCHAR) AS user_id,
    CAST(CONVERT_TIMEZONE('UTC', _airbyte_extracted_at) AS TIMESTAMP_NTZ) AS landed_at,
    OBJECT_CONSTRUCT(
        'id', CAST(id AS VARCHAR), 'emailAddress', emailaddress, 'firstName', firstname,
        'lastName', lastname, 'title', title, 'managerId', CAST(managerid AS VARCHAR), 'active', active
    ) AS payload
FROM <% landing %>.users
QUALIFY ROW_NUMBER() OVER (PARTITION BY id ORDER BY _airbyte_extracted_at DESC) = 1
