"""Irregular forms of English that a stemmer does not bring together: "fell" and "fall", "lent" and "loan"."""

from typing import Final

# One line a word: the form that stands for all, and those it stands for. Verbs of news; extend as needed.
_LINES: Final = """
arise arose arisen
awake awoke awoken
bear bore borne
beat beaten
become became
begin began begun
bite bit bitten
blow blew blown
break broke broken
bring brought
build built
burn burnt
buy bought
catch caught
choose chose chosen choice
come came
creep crept
deal dealt
dig dug
draw drew drawn
drink drank drunk
drive drove driven
eat ate eaten
fall fell fallen
feed fed
feel felt
fight fought
flee fled
fly flew flown flight
forbid forbade forbidden
forget forgot forgotten
freeze froze frozen
get got gotten
give gave given
go went gone
grow grew grown growth
hang hung hanged
hear heard
hide hid hidden
hold held
keep kept
know knew known
lay laid
lead led
leave left
lend lent loan loans loaned
lose lost loss losses
make made
mean meant
meet met meeting meetings
pay paid payment payments
ride rode ridden
ring rang rung
rise rose risen
run ran
see saw seen
seek sought
sell sold sale sales
send sent
shake shook shaken
shoot shot shooting
show shown showed
shrink shrank shrunk
sing sang sung
sink sank sunk
sit sat
sleep slept
slide slid
speak spoke spoken speech speeches
spend spent
spill spilt
spring sprang sprung
stand stood
steal stole stolen
stick stuck
strike struck
sweep swept
swim swam swum
take took taken
teach taught
tear tore torn
tell told
think thought
throw threw thrown
wake woke woken
wear wore worn
weave wove woven
win won
withdraw withdrew withdrawn
write wrote written
"""
BASES: Final[dict[str, str]] = {
    form: line.split()[0] for line in _LINES.split("\n") if line for form in line.split()[1:]
}
