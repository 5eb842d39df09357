"""Word lists for telling names from the titles, roles and sentence openers around them."""

from typing import Final

# Capitalised words that stand before a person's name and are no part of it.
TITLES: Final = frozenset(
    "president vice deputy prime minister secretary treasury defense defence foreign interior finance "
    "justice press general gen col colonel lt lieutenant maj major sgt sergeant capt captain cmdr "
    "commander adm admiral cpl corporal senator sen rep representative congressman congresswoman governor "
    "gov mayor chief chairman chairwoman chair judge ambassador chancellor premier king queen prince "
    "princess pope cardinal bishop archbishop imam rabbi sheikh emir sultan leader spokesman spokeswoman "
    "spokesperson coordinator director professor prof rev reverend sir lord lady dame mr mrs ms miss dr "
    "acting former then-president inspector detective constable superintendent councillor councilor mp "
    "mep chairperson commissioner sheriff marshal officer executive ceo driver "
    "pilot skipper coach referee nurse owner".split()
)
# Lower-case words that stand before a person's name.
LOWER_ROLES: Final = TITLES | frozenset(
    "official dictator head founder owner analyst expert journalist reporter lawyer attorney activist "
    "actor author coach driver doctor engineer farmer fisherman manager nurse pilot player resident "
    "scientist singer student teacher witness boss aide adviser advisor envoy lawmaker politician "
    "dealer".split()
)
ORGANISATION_WORDS: Final = frozenset(
    "ministry department council agency authority office bureau bank court party union university "
    "institute institution company corp corporation inc ltd group committee commission federation "
    "association assembly parliament senate congress house board service services force forces army navy "
    "police guard hospital school college museum centre center foundation fund organisation organization "
    "league club team times post news press tribune herald gazette staff republic state states kingdom "
    "society trust network airlines airways railways port command directorate secretariat "
    "administration".split()
)
PLACE_WORDS: Final = frozenset(
    "city town village province region district county island islands bay river lake mountain mount "
    "valley street road avenue square airport station bridge harbour harbor beach park oblast sea ocean "
    "strait gulf".split()
)
# Capitalised at the start of a sentence, but no names.
NOT_NAMES: Final = frozenset(
    "a an the this that these those it its he his she her they their them we our us you your i my in on "
    "at to from by for with without and or but as if when while where who whose which what why how after "
    "before since until during although though because despite however meanwhile moreover furthermore "
    "also there here then now yesterday today tomorrow earlier later last next no not one two three four "
    "five six seven eight nine ten some many most several few more all any both each every another other "
    "others such under over about around between among against through according officials police "
    "authorities experts analysts witnesses residents people local military state government sources "
    "reports investigators rescuers firefighters workers nearly almost roughly approximately once still "
    "yet even so either neither nor only just following speaking asked citing given is are was were has "
    "have had do does did will would can could may might must should let please separately instead "
    "additionally january february march april june july august september october november december "
    "monday tuesday wednesday thursday friday saturday sunday jan feb mar apr jun jul aug sept sep oct "
    "nov dec formerly".split()
)
