"""Papers: the charts, spreadsheets and documents that the owner is sent; made in a lane, from the tables alone."""
