"""Orders that customers fetch in the store: the list, setting aside, handing over."""
