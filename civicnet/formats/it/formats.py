DATE_FORMAT = "j F Y"
# Not in words: the months that Django knows are capitalised, which Italian does not do.
DATETIME_FORMAT = "d/m/Y H:i"
YEAR_MONTH_FORMAT = "F Y"
MONTH_DAY_FORMAT = "j F"
