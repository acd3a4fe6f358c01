"""An archive in numbers: area, change, line of contact, days held, makers compared."""
