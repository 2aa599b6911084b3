-- The service's user: no password, a key pair, the defaults that agents and Analyst go by, and no
-- secondary roles, so that it can do what its role can and no more. Agents and Analyst are asked
-- under the reading role, which it holds for that. A second key (RSA_PUBLIC_KEY_2) lets the first be
-- changed without a pause. Run by USERADMIN and SECURITYADMIN.
USE ROLE USERADMIN;
CREATE USER IF NOT EXISTS <% user %>
    TYPE = SERVICE
    COMMENT = 'cs_assets: signs in with a key pair';
ALTER USER <% user %> SET
    RSA_PUBLIC_KEY = '<% public_key %>'
    DEFAULT_ROLE = <% role %>
    DEFAULT_SECONDARY_ROLES = ()
    DEFAULT_WAREHOUSE = <% warehouse %>
    DEFAULT_NAMESPACE = <% database %>.<% ops %>;
USE ROLE SECURITYADMIN;
GRANT ROLE <% role %> TO USER <% user %>;
GRANT ROLE <% role %>_REPORT TO USER <% user %>;
