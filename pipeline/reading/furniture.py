"""Lines that a site writes round its articles: buttons, prompts, lists of other articles, legal lines.

Every pattern has to match a whole short line; those of prompts may match one sentence of a longer one, too. A
pattern with an open end must not reach over a full stop where real prose could begin the same way ("Share
this ...", "More on ...").
"""

import re
from typing import Final

LONGEST: Final = 160  # code points

_SITES: Final = "facebook|twitter|x|instagram|threads|bluesky|tiktok|telegram|whatsapp|youtube|linkedin"
_BUTTONS: Final = (
    "share|tweet(?: this)?|email|e-mail|print|save|copy link|reddit|pinterest|bookmark|listen|gift|republish"
    "|flipboard|messenger|line|font size|text size|" + _SITES
)
_LISTED: Final = "articles?|stories|story|news|posts|videos|content|topics|coverage"
_PIECE: Final = "(?:article|story|page|post)"
_OFFERED: Final = (
    "newsletter|update|alert|briefing|inbox|channel|digest|podcast|unlimited|access|comment|account"
)

# Titles of other articles follow these.
_LIST_HEADS: Final = (
    rf"(?:most|top) (?:viewed|read|popular|shared|commented|watched)(?: (?:{_LISTED}|now|today))*:?",
    r"most (?:viewed|read|popular|watched): [^.!]{1,140}|trending(?: now| stories)?:?",
    r"top stories|(?:more|latest) headlines|popular (?:now|stories)",
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
    rf"(?:(?:{_BUTTONS})(?:[\s|,·•/:]{{1,3}}|$)){{1,12}}|share this:?",
    r"share (?:this (?:article|story|page|post|on|via)|on|via|article|story)\b[^.!?]{0,40}",
    rf"(?:gift|save|print|email|listen to) this {_PIECE}(?:\s?[·|–—-]?\s?\d{{1,3}} ?min(?:ute)?s?)?",
    r"(?:sign up|subscribe|register)(?: now| here| today| free)*[.!]?",
    r"(?:sign up|subscribe|register)(?: now| here| today| free)* (?:for|to)\b"
    rf".{{0,90}}\b(?:{_OFFERED})s?\b.{{0,40}}",
    r"get (?:our|the|more) .{0,60}(?:newsletter|inbox|app|alert|briefing|e-?mail)s?\b[^.!?]{0,50}[.!]?",
    r"(?:our|the|daily|weekly|morning) newsletters?|download (?:the|our) .{0,30}app\b[^.!?]{0,40}[.!]?",
    r"(?:copyright\s?)?(?:©|\(c\))\s?.{0,120}|copyright\s\d{4}\b.{0,120}|all rights reserved\b.{0,60}",
    r"advertisements?(?: ?[–—|-] ?continue reading below)?|(?:scroll (?:down )?to )?continue(?: reading)?"
    r"(?: below)?|(?:sponsored|promoted)(?: content)?",
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
# Sentences that a site says to its reader, of itself: none of a report's own has these words alone.
_PROMPTS: Final = (
    rf"(?:comments|commenting) (?:(?:for|on|to) this {_PIECE} )?(?:is|are|have been|has been) (?:now )?"
    r"(?:closed|disabled|turned off)[.!]?",
    rf"(?:(?:click to )?share(?: this {_PIECE})? (?:on|via|by|with) (?:{_SITES}|e-?mail|friends|your friends)"
    r"(?: \(opens in (?:a )?new window\))?[\s|,·•/.!]{0,3}){1,12}",
    r"(?:want more (?:news|stories) like this\? )?(?:sign up|subscribe|register)(?: now| here| today| free)*"
    r"(?: for| to)(?: our| the)?(?: free| daily| weekly| morning| evening)* newsletters?[.!]?",
    r"want more (?:news|stories) like this\?|unsubscribe at any time[.!]?",
    r"(?:please )?enter your e-?mail(?: address)?(?: here| below)?[.!]?",
    r"your e-?mail address will not be published\b[^.!?]{0,40}[.!]?",
    r"by (?:signing up|subscribing|registering),? you agree to (?:our|the)\b.{1,100}",
    r"(?:thank you|thanks) for (?:subscribing|signing up)[.!]?",
    r"already (?:a subscriber|a member|have an account)\?(?: (?:log|sign) in[.!]?)?",
    r"you have (?:\d+|no|one|two|three) (?:free )?(?:articles|stories) (?:left|remaining)"
    r"(?: this (?:week|month))?[.!]?",
    r"never miss (?:a|another) (?:story|headline)(?:: (?:sign up|subscribe)\b.{1,90})?[.!]?",
    r"(?:what do you think\? )?(?:have your say|tell us what you think|let us know) in the comments"
    r"(?: section)?(?: below)?[.!]?",
    r"all rights reserved\.?",
    r"this material may not be published, broadcast\b.{0,60}",
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
_PROMPT: Final = re.compile("|".join(_PROMPTS), re.IGNORECASE)
_ANY: Final = re.compile("|".join(_LIST_HEADS + _OTHERS + _PROMPTS + _ELSEWHERE), re.IGNORECASE)


def is_furniture(line: str) -> bool:
    """Tell whether a whole stripped ``line`` is page furniture or nothing but a link."""
    if _LINK.fullmatch(line):
        return True
    return len(line) <= LONGEST and _ANY.fullmatch(line.strip("#*_ ")) is not None


def opens_list(line: str) -> bool:
    """Tell whether titles of other articles may follow ``line``: "Most read", "Related stories"."""
    return len(line) <= LONGEST and _LIST_HEAD.fullmatch(line.strip("#*_ ")) is not None


def is_prompt(sentence: str) -> bool:
    """Tell whether a whole ``sentence``, wherever it stands, is said by the site to its reader."""
    return len(sentence) <= LONGEST and _PROMPT.fullmatch(sentence) is not None
