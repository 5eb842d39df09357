"""Lines that a site writes round its articles: buttons, prompts, lists of other articles, legal lines.

Every pattern has to match a whole short line. A pattern with an open end must not reach over a full stop
where real prose could begin the same way ("Share this ...", "More on ...").
"""

import re
from typing import Final

LONGEST: Final = 160  # code points

_SITES: Final = "facebook|twitter|x|instagram|threads|bluesky|tiktok|telegram|whatsapp|youtube|linkedin"
_BUTTONS: Final = (
    "share|tweet|email|e-mail|print|save|copy link|reddit|pinterest|bookmark|listen|gift|republish|flipboard"
    "|messenger|line|font size|text size|" + _SITES
)
_LISTED: Final = "articles?|stories|story|news|posts|videos|content|topics|coverage"
_OFFERED: Final = (
    "newsletter|update|alert|briefing|inbox|channel|digest|podcast|unlimited|access|comment|account"
)

# Titles of other articles follow these.
_LIST_HEADS: Final = (
    rf"(?:most|top) (?:viewed|read|popular|shared|commented|watched)(?: (?:{_LISTED}|now|today))*:?",
    r"trending(?: now| stories)?:?",
    rf"related(?: (?:{_LISTED}))?(?::.{{0,140}})?",
    r"recommended(?: for you| stories| reading)?:?",
    r"editors?['’]s? picks?",
    r"you (?:may|might) (?:also )?(?:like|be interested in):?",
    r"(?:read|see) (?:more|also|next)(?:\s?[:>»→|].{0,140}|…|\.\.\.| on this story| about [^.!?]{1,40})?",
    r"(?:more|also) (?:from|on|in) [^.!?]{1,40}",
    r"what to read next|up next|latest (?:news|stories)",
)
_OTHERS: Final = (
    r"(?:\d+ |no )?comments?(?: yet)?(?: ?\(\d+\))?",
    r"(?:leave|post|add|write|view|show|join) (?:a |all |the )?(?:comments?|reply)\b[^.!?]{0,40}",
    r"join the (?:conversation|discussion)\b[^.!?]{0,40}",
    r"comments are (?:now |not )?(?:closed|open|moderated|disabled)\b[^.!?]{0,40}\.?",
    r"please let us know if you.{0,80}",
    r"please direct (?:any |your |all )?(?:questions|comments|enquiries|inquiries).{0,100}",
    r"(?:learn|find out) more(?:\s?[:>»→|].{0,140})?",
    r"(?:learn|find out|read|see) more here\.?|click here[^.!?]{0,60}",
    r"read(?: this)?\s?:.{1,140}|(?:watch|listen)(?: now| live| more| here)?(?:\s?:.{1,140})?",
    rf"follow .{{1,60}} on (?:{_SITES})\b[^!?]{{0,60}}|(?:follow|like|find) us\b[^.!?]{{0,60}}",
    rf"(?:(?:{_BUTTONS})(?:[\s|,·•/]{{1,3}}|$)){{1,12}}",
    r"share (?:this (?:article|story|page|post|on|via)|on|via|article|story)\b[^.!?]{0,40}",
    r"(?:gift|save|print|email|listen to) this (?:article|story|page)",
    r"(?:sign up|subscribe|register)(?: now| here| today| free)*[.!]?",
    r"(?:sign up|subscribe|register)(?: now| here| today| free)* (?:for|to)\b"
    rf".{{0,90}}\b(?:{_OFFERED})s?\b.{{0,40}}",
    r"get (?:our|the|more) .{0,60}(?:newsletter|inbox|app|alert|briefing|e-?mail)s?\b[^.!?]{0,50}[.!]?",
    r"(?:our|the|daily|weekly|morning) newsletters?|download (?:the|our) .{0,30}app\b[^.!?]{0,40}[.!]?",
    r"(?:copyright\s?)?(?:©|\(c\))\s?.{0,120}|copyright\s\d{4}\b.{0,120}|all rights reserved\b.{0,60}",
    r"advertisements?|(?:sponsored|promoted)(?: content)?",
    r"(?:story|article) continues (?:below|after)[^.!?]{0,40}",
    r"skip to (?:main )?content|(?:back|go) to top|close|menu|home|search|log ?in|sign in",
    r"(?:tags?|topics?|filed under|keywords?|categor(?:y|ies)|sections?)\s?:.{1,140}",
    r"\d{1,3}[ -]min(?:ute)?s?(?: read)?|reading time:?[^.!?]{0,20}|(?:next|previous) article",
    r"play(?: video)?|loading(?:…|\.\.\.)?|image(?: \d+ of \d+)?|view (?:gallery|image|original)[^.!?]{0,30}",
    r"this (?:article|story|post) (?:was |has been )?(?:originally |first )?"
    r"(?:appeared|published) (?:in|on|by|at)\b.{0,90}",
    r"(?:support|donate to) (?:us|our journalism|independent journalism)\b[^.!?,]{0,40}|donate(?: now)?",
    r"(?:accept|manage|reject)(?: all)? cookies|we use cookies\b.{0,100}",
    r"cookie (?:policy|settings)|privacy policy",
    r"got a (?:tip|story)\?.{0,80}|(?:send|email) (?:us )?(?:your )?(?:news )?tips\b.{0,60}",
)
# The same in German, French, Spanish and Korean.
_ELSEWHERE: Final = (
    r"(?:lesen sie|lies) (?:auch|mehr|dazu|hier)(?:\s?:.{1,140})?|anzeige|werbung",
    r"mehr zum thema(?:\s?:.{1,140})?",
    r"zur startseite|artikel (?:teilen|drucken|merken)",
    r"(?:zum|unser) newsletter(?: anmelden)?|alle rechte vorbehalten\.?",
    r"(?:à )?lire (?:aussi|également|la suite)(?:\s?:.{1,140})?|sur le même (?:sujet|thème)|publicité",
    r"partager",
    r"abonnez[- ]vous[^.!?]{0,60}|tous droits réservés\.?|voir aussi(?:\s?:.{1,140})?",
    r"lea? (?:también|además|más)(?:\s?:.{1,140})?|te puede interesar(?:\s?:.{1,140})?|publicidad|compartir",
    r"suscr[ií]b(?:ete|ase)[^.!?]{0,60}|todos los derechos reservados\.?|noticias relacionadas",
    r"관련 ?기사|많이 본 (?:뉴스|기사)|.{0,60}무단 ?전재.{0,60}|저작권자.{0,80}|ⓒ.{0,80}",
    r"구독하기|공유하기|기사 ?원문",
)
_LINK: Final = re.compile(
    r"!\[[^\]]{0,200}\]\(.{0,400}\)"  # a picture in Markdown
    r"|\[[^\]]{1,160}\](?:\(\S{0,400}\)|:\s\S{1,400})"  # a line that is one link
    r"|(?:https?://|www\.)\S{1,400}"
)
_LIST_HEAD: Final = re.compile("|".join(_LIST_HEADS), re.IGNORECASE)
_ANY: Final = re.compile("|".join(_LIST_HEADS + _OTHERS + _ELSEWHERE), re.IGNORECASE)


def is_furniture(line: str) -> bool:
    """Tell whether a whole stripped ``line`` is page furniture or nothing but a link."""
    if _LINK.fullmatch(line):
        return True
    return len(line) <= LONGEST and _ANY.fullmatch(line.strip("*_ ")) is not None


def opens_list(line: str) -> bool:
    """Tell whether titles of other articles may follow ``line``: "Most read", "Related stories"."""
    return len(line) <= LONGEST and _LIST_HEAD.fullmatch(line.strip("*_ ")) is not None
