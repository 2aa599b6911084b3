"""How the desk looks: tables, figures and dates as in the reports, in the colours of the brand."""
