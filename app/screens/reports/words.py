"""The words that only reports use. What figures are called and mean comes from the centre. No Qt."""

from app.screens.words import Vocabulary


class ReportsWord(Vocabulary):
    """One entry per wording; the comment gives the figures and names its sentence may use."""

    DOOR_REPORTS = "door_reports"
    TITLE = "reports_title"
    OF_DAYS = "reports_of_days"  # first_date, last_date
    OF_DAY = "reports_of_day"  # date
    PERIOD_DAY = "reports_period_day"
    PERIOD_WEEK = "reports_period_week"
    PERIOD_MONTH = "reports_period_month"
    PERIOD_QUARTER = "reports_period_quarter"
    EARLIER = "reports_earlier"
    LATER = "reports_later"
    OTHER_SITE = "reports_other_site"
    OTHER_CHANNEL = "reports_other_channel"
    SAVE = "reports_save"
    MINE = "reports_mine"
    ALL = "reports_all"
    SHOW_ME = "reports_show_me"
    HIDE_ME = "reports_hide_me"
    CHOOSE = "reports_choose"
    CHOOSE_MINE = "reports_choose_mine"
    CHOOSE_BESIDE = "reports_choose_beside"
    NOTHING_YET = "reports_nothing_yet"
    COLUMN_FIGURE = "reports_column_figure"
    COLUMN_VALUE = "reports_column_value"
    COLUMN_COUNTED = "reports_column_counted"
    OF = "reports_of"  # part, whole
    ALL_SITES = "reports_all_sites"
    ALL_CHANNELS = "reports_all_channels"
    NO_CHANNEL = "reports_no_channel"
    SITE_IS = "reports_site_is"  # name
    CHANNEL_IS = "reports_channel_is"  # name
    AS_OF = "reports_as_of"  # time
    OLD = "reports_old"  # age
    STATES = "reports_states"
    AGES = "reports_ages"
    STATE_LINE = "reports_state_line"  # state, channel, n
    AGE_LINE = "reports_age_line"  # age, n
    HOURS_OF = "reports_hours_of"  # hours, n
    OLDEST = "reports_oldest"  # age
    PIECES_IN = "reports_pieces_in"  # n, hours
    REPORTED = "reports_reported"  # n
    STOCK_OF = "reports_stock_of"  # n, stock
    PEOPLE = "reports_people"
    PERSON_LINE = "reports_person_line"  # place, name, pieces, accuracy
    PERSON_ME = "reports_person_me"  # place, name, pieces, accuracy
    NOT_SHOWN = "reports_not_shown"
    SHOWN = "reports_shown"
    PLOT_TOLD = "reports_plot_told"  # name, low, high
    HELP = "reports_help"
