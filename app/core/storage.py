"""What can be wrong with a device's disk. Raised by the store, turned into calm words by the services: no commit, no beep."""


class StorageTrouble(Exception):
    """Nothing was written: the unit of work was rolled back."""


class StorageFull(StorageTrouble):
    """The disk is full. Scans are refused until there is room; sync goes on with what the reserve file gave free."""


class StorageBroken(StorageTrouble):
    """The disk cannot be written or read: read-only, worn out, or the file is damaged."""


class StoreInUse(StorageTrouble):
    """Another client has this data folder open."""


class StoreTooNew(StorageTrouble):
    """The data folder was written by a newer version of this app; it is left alone."""
