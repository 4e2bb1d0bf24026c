"""The parts screens are made of: painted from the tokens, sized so that no text is ever cut."""
