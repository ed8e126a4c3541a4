"""Where a target will stand at its end: late reports completed, the backlog allowed for, the months to come drawn."""
