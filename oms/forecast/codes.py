"""Closed words of forecasts."""

from enum import StrEnum


class Shape(StrEnum):
    """How demand comes (Syntetos, Boylan & Croston 2005), and two kinds about which that says nothing."""

    SMOOTH = "smooth"
    ERRATIC = "erratic"
    INTERMITTENT = "intermittent"
    LUMPY = "lumpy"
    #: Known for too short a time.
    NEW = "new"
    #: Nobody has asked for it as long as is known.
    NONE = "none"


class Method(StrEnum):
    """How the level of a series is found."""

    NAIVE = "naive"
    MEAN = "mean"
    SES_SLOW = "ses_slow"
    SES = "ses"
    SES_QUICK = "ses_quick"
    CROSTON = "croston"
    SBA = "sba"
    TSB = "tsb"
    IMAPA = "imapa"
    SEASONAL = "seasonal_naive"
    #: What all items of a site ask for in the mean.
    POOL = "pool"
    #: Several of these, each with a weight.
    MIX = "mix"
    #: Its own mean, as far as that can be believed, and its like's.
    LIKE = "like"


class RunState(StrEnum):
    """State of a run over a site's items."""

    RUNNING = "running"
    DONE = "done"
