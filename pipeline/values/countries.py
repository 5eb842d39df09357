"""Countries as news prose names them: the name, its people, its capital, its government."""

from typing import Final

# One line a country: all the names that may stand for it. A capital or a palace is often a government's name,
# so it counts as the country: "Moscow" never conflicts with "Russia". Modest on purpose; extend as needed.
_LINES: Final = """
afghanistan,afghan,afghans,kabul,taliban
argentina,argentine,argentinian,argentines,buenos aires
armenia,armenian,armenians,yerevan
australia,australian,australians,canberra
austria,austrian,austrians,vienna
azerbaijan,azerbaijani,azerbaijanis,azeri,baku
bangladesh,bangladeshi,bangladeshis,dhaka
belarus,belarusian,belarusians,minsk
belgium,belgian,belgians
bolivia,bolivian,bolivians,la paz
brazil,brazilian,brazilians,brasilia
bulgaria,bulgarian,bulgarians,sofia
canada,canadian,canadians,ottawa
chile,chilean,chileans,santiago
china,chinese,beijing,prc,peoples republic of china
colombia,colombian,colombians,bogota
croatia,croatian,croatians,zagreb
cuba,cuban,cubans,havana
czech republic,czechia,czech,czechs,prague
denmark,danish,danes,copenhagen
egypt,egyptian,egyptians,cairo
estonia,estonian,estonians,tallinn
ethiopia,ethiopian,ethiopians,addis ababa
european union,eu,brussels
finland,finnish,finns,helsinki
france,french,paris,elysee
georgia,georgian,georgians,tbilisi
germany,german,germans,berlin
ghana,ghanaian,ghanaians,accra
greece,greek,greeks,athens
hungary,hungarian,hungarians,budapest
iceland,icelandic,icelanders,reykjavik
india,indian,indians,new delhi,delhi
indonesia,indonesian,indonesians,jakarta
iran,iranian,iranians,tehran,islamic republic of iran
iraq,iraqi,iraqis,baghdad
ireland,irish,dublin
israel,israeli,israelis,jerusalem,tel aviv
italy,italian,italians,rome
japan,japanese,tokyo
jordan,jordanian,jordanians,amman
kazakhstan,kazakh,kazakhs,astana
kenya,kenyan,kenyans,nairobi
latvia,latvian,latvians,riga
lebanon,lebanese,beirut
libya,libyan,libyans,tripoli
lithuania,lithuanian,lithuanians,vilnius
malaysia,malaysian,malaysians,kuala lumpur
mexico,mexican,mexicans,mexico city
moldova,moldovan,moldovans,chisinau
mongolia,mongolian,mongolians,ulaanbaatar
morocco,moroccan,moroccans,rabat
myanmar,burma,burmese,naypyidaw
nepal,nepali,nepalese,kathmandu
netherlands,dutch,the hague
new zealand,new zealanders,wellington
nigeria,nigerian,nigerians,abuja
north korea,north korean,north koreans,dprk,n korea,pyongyang,democratic peoples republic of korea,the north
norway,norwegian,norwegians,oslo
pakistan,pakistani,pakistanis,islamabad
peru,peruvian,peruvians,lima
philippines,philippine,filipino,filipinos,manila
poland,polish,poles,warsaw
portugal,portuguese,lisbon
qatar,qatari,qataris,doha
romania,romanian,romanians,bucharest
russia,russian,russians,moscow,kremlin,russian federation
saudi arabia,saudi,saudis,riyadh
serbia,serbian,serbians,serbs,belgrade
singapore,singaporean,singaporeans
slovakia,slovak,slovakian,slovaks,bratislava
somalia,somali,somalis,mogadishu
south africa,south african,south africans,pretoria
south korea,south korean,south koreans,s korea,rok,seoul,republic of korea,the south
spain,spanish,spaniards,madrid
sudan,sudanese,khartoum
sweden,swedish,swedes,stockholm
switzerland,swiss,bern
syria,syrian,syrians,damascus
taiwan,taiwanese,taipei
thailand,thai,thais,bangkok
tunisia,tunisian,tunisians,tunis
turkey,turkiye,turkish,turks,ankara
ukraine,ukrainian,ukrainians,kyiv,kiev
united arab emirates,uae,emirati,emiratis,abu dhabi
united kingdom,uk,britain,great britain,british,britons,london,downing street,england,english
united nations,un
united states,us,usa,america,american,americans,united states of america,washington,white house,pentagon
venezuela,venezuelan,venezuelans,caracas
vietnam,vietnamese,hanoi
yemen,yemeni,yemenis,sanaa
"""
COUNTRIES: Final[dict[str, str]] = {
    name: line.split(",")[0] for line in _LINES.split("\n") if line for name in line.split(",")
}
