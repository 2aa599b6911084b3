"""Tables of Gong as Airbyte and Fivetran land them."""
