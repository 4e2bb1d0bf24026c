"""People: workers, roles, PINs, devices and the audit trail."""
