"""Files from shops and ERPs: parse, check line by line, write what is good, report everything."""
