"""What can be reminded of: one module for each, with its clock, its end and its words."""
