"""The words that only the pack station's carton and checklist show, and why an order goes with its service. Their sentences live in
`resources/i18n/*.ts` beside all others. No Qt."""

from app.screens.words import Vocabulary


class PlanWord(Vocabulary):
    """One entry per wording; the comment gives the figures and names its sentence may use."""

    PLAN_PICTURE = "plan_picture"
    LAYER_OF = "layer_of"  # layer, of
    OTHER_LAYER = "other_layer"
    LAYER_TOP_VIEW = "layer_top_view"
    NEXT_IN = "next_in"  # item
    ALL_LAID = "all_laid"
    NOT_IN_PICTURE = "not_in_picture"  # n

    SUPPLIES = "supplies"
    SUPPLIES_ALL_IN = "supplies_all_in"
    SUPPLY_MATERIAL = "supply_material"  # code
    SUPPLY_FILLING = "supply_filling"
    SUPPLY_FRAGILE_LABEL = "supply_fragile_label"
    SUPPLY_HAZARD_LABEL = "supply_hazard_label"  # code
    SUPPLY_INSERT = "supply_insert"  # code
    SUPPLY_GIFT = "supply_gift"
    HELP_SUPPLIES = "help_supplies"

    WHY_CHEAPEST = "why_cheapest"  # price
    WHY_SMALLEST = "why_smallest"
    WHY_ONLY_ONE = "why_only_one"
    WHY_ONE_OF_SEVERAL = "why_one_of_several"  # number, of
    WHY_NONE_FITS = "why_none_fits"
    BOX_SECOND = "box_second"
    NOT_TOO_LONG = "not_too_long"  # cartons
    NOT_TOO_HEAVY = "not_too_heavy"  # cartons
    NOT_TOO_LITTLE_ROOM = "not_too_little_room"  # cartons
    NOT_NO_ARRANGEMENT = "not_no_arrangement"  # cartons
    NOT_COSTS_MORE = "not_costs_more"  # cartons

    SERVICE_GIVEN = "service_given"  # service
    SERVICE_CHEAPEST = "service_cheapest"  # service
    SERVICE_EARLIEST = "service_earliest"  # service
    SERVICE_NOT_SAID = "service_not_said"  # service
    SERVICE_PRICE = "service_price"  # price
    SERVICE_DAYS = "service_days"  # leaves, arrives
    SERVICE_PROMISED = "service_promised"  # day
    SERVICE_OTHER_MORE = "service_other_more"  # service, price
    SERVICE_OTHER_LESS = "service_other_less"  # service, price
