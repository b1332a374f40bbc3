"""Forms 报表: the tables that a policy document prescribes, as data, and their spreadsheets."""
