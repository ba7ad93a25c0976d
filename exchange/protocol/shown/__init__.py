"""What an inbox, a screen and an enquiry are shown of a record. Pure."""
