"""Job postings (岗位): submitted by organisations, reviewed by the county, filled and expired by themselves."""
