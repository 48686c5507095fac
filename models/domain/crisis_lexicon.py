"""Words of crisis, as data: Danish and English, in folded spelling (see `crisis.fold`: æ is ae, ø is oe, å is aa).

Patterns are regular expressions over folded text: lower case, words separated by one space, a clause break written " . ".
``<name>`` stands for an entry of `ATOMS`. Every gap is bounded, so no text can make the search slow.

The choice between recall and precision, made once and measured in the tests:

* A sentence that *denies wanting to die* is calm ("jeg vil ikke dø").
* A sentence that *denies a deed against oneself* is found ("jeg vil aldrig gøre skade på mig selv"): nobody had asked.
* Somebody else's suicide is found: a human should read it now.
* "Min far slår mig ihjel, hvis …" is found: for these young people it may be meant.
"""

from __future__ import annotations

from typing import Final

ATOMS: Final[dict[str, str]] = {
    "jeg": r"(?:jeg|jej|jei|jg|jaeg|j)",
    "ikke": r"(?:ikke|ikk|ik|ike|ikek|ikkr|icke|aldrig|heller ikke)",
    "not": r"(?:dont|do not|didnt|did not|doesnt|never|not|no longer|cant|cannot|can not)",
    "mig": r"(?:mig|mej|mi|maj|mai|mg)",
    "selv": r"(?:selv|sel|self|sev|selvv)",
    "vil": r"(?:vil|vill|ville|vile|skal|har lyst til at|taenker paa at|har taenkt paa at|overvejer at|kommer til at)",
    "slaa": r"(?:slaa|sla|slaar|slar|slaas|slo|slog|slaaet|slaet)",
    "ihjel": r"(?:ihjel|ihjael|ihel|ijel|ihjeld|i hjel|ihjell|ihjaal)",
    "doe": r"(?:doe|do|doee|doer|doed)",
    "tage": r"(?:tage|ta|tag|tager|tar|tog|taget)",
    "mere": r"(?:mere|mer|laengere|laenger|mere nu|laengere nu)",
    "myself": r"(?:myself|my self|meself|mysef)",
    "F": (
        r"(?:(?:bare|gerne|virkelig|fandme|fucking|fking|altsaa|jo|nok|snart|helst|hellere|egentlig|faktisk|ogsaa"
        r"|lige|saa"
        r"|nu|simpelthen|godt|maaske|sgu|slet|ligesom|kun|at|skam|satme|just|really|rly|actually|honestly|kinda|to|so"
        r"|sometimes|nogle gange|tit|ofte|always|even|altid|igen|bar|seriously|literally|i aften|i dag|tonight|also"
        r"|only|efterhaanden|for evigt|af) ){0,4}"
    ),
    "third": (
        r"(?:han|hun|de|nogen|kaeresten|stedfar|far|mor|ham|en mand|min \w+|mine \w+|he|she|they|someone|somebody|my "
        r"\w+"
        r"|men at han|some ?guy)"
    ),
    "who": (
        r"(?:ham|hende|dem|nogen|jer|dig|min (?:far|mor|stedfar|stedmor|bror|soester|kaereste|eks|sagsbehandler"
        r"|raadgiver"
        r"|familie|laerer|chef|paedagog))"
    ),
    "whom": (
        r"(?:him|her|them|someone|somebody|you|people|my (?:mom|mum|dad|father|mother|brother|sister|boyfriend"
        r"|girlfriend"
        r"|stepdad|stepfather|ex|family|roommate|caseworker|teacher|boss))"
    ),
    "game": (
        r"(?:fifa|fc ?\d*|skak|bordtennis|padel|mario\w*|fortnite|cs|csgo|counter ?strike|minecraft|kort|kortspil"
        r"|uno|ludo"
        r"|\w*spil\w*|billard|tennis|\w*fodbold\w*|\w*haandbold\w*|roblox|lol|valorant|cod|warzone|matador|kampen"
        r"|finalen|chess"
        r"|pool|cards|games?|basketball|badminton|quiz\w*|darts?|loeb|loebet|armlaegning|smash|gaming)"
    ),
}

CALM: Final[tuple[str, ...]] = (
    # Idioms and accidents, taken out of the text before anything is looked for.
    r"<doe> af (?:grin|latter|kedsomhed|sult|varme|kulde|pinlighed|flovhed|skam|nysgerrighed|cringe|toerst|traethed"
    r"|grine|grineren)",
    r"<doe> for (?:en|et|den|det|de|noget|at|min)",
    r"doe? naar jeg (?:bliver|er) gammel",
    r"over min doede krop",
    r"(?:haenge|haenger) <mig> (?:<ikke> |aldrig )?(?:i (?:det|den|de|detalje\w*|hvad|at|smaating|noget|om|hvem"
    r"|ordene?)|op paa|fast)\b",
    r"(?:skyde|skyder|skoed|skudt) <mig> <selv> i foden",
    r"shoot(?:ing)? <myself> in the foot",
    r"<slaa> <mig> <selv> i hovedet over",
    r"<tage> mit (?:eget )?liv (?:op|tilbage|i egne|i egen|alvorligt|serioest|videre|et andet)",
    r"tak(?:e|ing) my (?:own )?life (?:back|seriously|in|to|one|somewhere)",
    r"selvmordsmission\w*",
    r"suicide squad",
    r"(?:die|dying|died) (?:laughing|of (?:laughter|embarrassment|boredom|hunger|cringe|shame|heat|old age)|to "
    r"(?:see|try|know|go))",
    r"rather die than",
    r"to die for",
    r"\d+ ?kms",
    r"(?:skar|skaar|skaerer|skaaret|skaere|braendte|braendt|braender) <mig> (?:<selv> )?(?:i|paa|af) (?:min |den |et "
    r"|en |noget |det )?"
    r"(?:\w*finger\w*|tommel\w*|haanden|tungen|\w*gryde\w*|\w*pande\w*|komfur\w*|ovn\w*|strygejern\w*|glas\w*"
    r"|papir\w*|kniv\w*"
    r"|braeddet|te\w*|kaffe\w*|solen)(?: da| mens| med| paa| i|$| \.)",
    r"(?:skadede?|skadet|slog|skader) <mig> (?:<selv> )?(?:til|i|under|ved|paa) (?:min )?(?:<game>|traening\w*"
    r"|sport\w*|arbejd\w*|idraet\w*|knaeet)",
    r"cut(?:ting)? <myself> (?:shaving|cooking|on(?! purpose)|while|a|some|off|when i (?:was )?(?:cook|shav))",
    r"(?:hurt|burn(?:ed|t)?|hit) <myself> (?:at|playing|in the gym|in gym|during|on(?! purpose)|lifting|while"
    r"|falling|cooking|with the (?:oven|iron)|skating|running)",
    r"(?:<slaa>|slog|smadre\w*|draeb\w*|banke\w*|kill\w*|beat\w*|taeve\w*|hit|hits) (?:<mig>|me|<who>"
    r"|<whom>)(?: <ikke>| altid| every time| always| tit)*"
    r" (?:i|til|in|at|on) (?:en |et |vores |a |the )?(?:game|<game>)",
    r"hits? me (?:up|with|that|back)",
    r"beats? me to",
    r"(?:laere\w*|teacher|boss|chef\w*) (?:<slaa> <mig> <ihjel>|(?:will|is going to|is gonna|gonna) kill me)",
    # Denials of wanting to die, of being suicidal, of being hit or in danger.
    r"(?:<ikke>|ingen|hverken) (?:\w+ ){0,2}lyst til at <F><doe>",
    r"(?:<ikke>|ingen|hverken|uden) (?:laengere |haft |nogen |har |have |flere |mere ){0,3}(?:selvmordstruet"
    r"|selvmordstanker|suicidal\w*|selvmordstanke)",
    r"(?:not|no|no more|never been|without|isnt|arent|wasnt|havent had) (?:really |actually |feeling |any |having "
    r"){0,2}suicidal\w*(?: thoughts)?",
    r"<not> (?:really |actually )?(?:want|wanna|wanting|wish)(?: to)? (?:die|be dead)",
    r"<third> <slaa> <mig> (?:<ikke>|aldrig)",
    r"(?:<slaa>|slog) <mig> (?:<ikke>|aldrig)",
    r"(?:he|she|they) (?:doesnt|didnt|dont|never|does not|did not) (?:hit|hits|beat|hurt|hurts) me",
    r"<ikke> (?:laengere |mere )?i fare",
    r"not in (?:any )?danger",
    r"i fare for at",
    r"in danger of (?:failing|losing|missing|dropping|being)",
    r"(?:keder?|kedede|griner?|grinede|arbejder?|skraemmer?|skraemte|fryser?|froes|loeber?|sveder?) <mig> (?:naesten "
    r"|helt )?<ihjel>",
    r"(?:bored|worked|working|work|laughed|laughing|scared) (?:myself|me|to) (?:to )?death",
    r"<ikke> (?:noget |fordi )?(?:\w+ ){0,3}(?:med|om) at (?:ville|vil) doe",
    r"(?:voldsom\w*|vold i (?:film|filmen|spil|spillet|skolen))",
    r"<ikke> (?:\w+ ){0,2}?bange for (?:ham|hende|dem|at \w+|min \w+)(?: hjem\w*)?",
    r"<ikke> (?:\w+ ){0,2}?(?:voldelig\w*|udsat for vold)|(?:not|never|isnt|wasnt) (?:\w+ )?(?:violent|abusive)",
    r"true(?:r|de|t) med at (?:miste|blive|faa|fratage|tage min)",
    r"det <tage> (?:helt |naesten )?livet af <mig> (?:at|den|det|naar)",
    r"(?:ikke|not) (?:hele )?(?:livet|mit liv|my life)(?: igennem| lang)",
)

SUICIDE: Final[tuple[str, ...]] = (
    r"selv ?mord\w*",
    r"suicid\w*",
    r"<tage> (?:mit|sit|mi|mig) (?:eget |egen |eged )?liv\b",
    r"<tage> livet af (?:<mig>|sig)\b",
    r"<slaa> (?:<mig>|sig) <selv> <ihjel>",
    r"<jeg> (?:<vil> )?<F>(?:<ikke> )?<slaa> <mig> <ihjel>",
    r"(?:draebe?r?|draebt|myrder?|kvaeler?|skyder?|drukner?|haenger?|forgifter?) <mig> <selv>",
    r"(?:<vil>|<jeg>) <F>(?:haenge|haenger|haeng|drukne|skyde|draebe) <mig>",
    r"goe?re?r? (?:<jeg> )?(?:det )?af med <mig>|gjort det af med",
    r"(?:goe?re?r?|saette?r?|faa|faar) en (?:ende|stopper) (?:paa|for) (?:det|alt|mit liv|livet|alting|mig)",
    r"(?:ende|ender|slutte|slutter|afslutte|afslutter|stoppe) (?:mit liv|det hele|alting|livet|mit eget liv)",
    r"(?:gider?|gidder|gir|orker|magter|kan|<vil>|oensker|evner) <F><ikke> <F>(?:at )?(?:leve|eksistere|vaere i live"
    r"|vaere til)"
    r"(?! (?:uden (?:min|mit|mine|kaffe|musik|mad|internet|tiktok|chokolade|cola)|af|paa|med|op til|sammen|sundt|i"
    r"|her i|alene"
    r"|usundt|som))\b",
    r"(?:gider?|gidder|orker|magter|klarer|kan) <F><ikke> <F>(?:holde )?livet\b(?! (?:paa|som))",
    r"(?:gider?|gidder|orker|magter|<vil>|oensker) <F><ikke> <F>(?:at )?vaere (?:her|til|i live|her i verden|paa "
    r"jorden) (?:<mere>|i morgen)",
    r"(?:<ikke>|ingen|mistet|ingen) <F>(?:lyst(?:en)?|mod|modet) (?:til|paa) (?:at leve|livet|at vaere (?:her|til|i "
    r"live))",
    r"(?:<jeg>) (?:vil|vill|ville|vile|skal) <F>(?:doe|do|doee)\b(?! (?:som|naar))",
    r"(?:<vil>|lyst til at|klar til at|fortjener at|oensker(?: <mig>| <jeg>)?(?: at)?|taenker paa at|haaber(?: "
    r"paa)?(?: at)?(?: jeg)?|bedre at|proever at|proevet at)"
    r" <F>(?:doe|doee|doer|doed)\b(?! som)",
    r"(?:oenske\w*|gid|hvis|haaber?|bare) (?:\w+ ){0,2}<jeg> (?:bare |allerede )?(?:var|er|kunne vaere|blev) (?:doed"
    r"|vaek for altid)\b",
    r"fortjener <ikke> at (?:leve|vaere her)",
    r"burde (?:\w+ ){0,2}(?:vaere|have vaeret) doed",
    r"oenske\w* (?:\w+ ){0,2}<jeg> (?:aldrig|<ikke>) (?:var|er|blev|havde) (?:\w+ )?(?:foedt|blevet foedt|her|til)",
    r"(?:gid|haaber?|oenske\w*|<vil>|lyst til|bare|sove|soevn) (?:\w+ ){0,7}?(?:<ikke>|aldrig) <F>(?:at )?(?:vaagne"
    r"|vaagner|vaagnede|vaagned)\b",
    r"(?:bedre|lettere|nemmere|gladere) (?:\w+ ){0,4}?(?:uden <mig>|hvis <jeg> (?:<ikke> (?:var|er|fandtes"
    r"|eksisterede|levede)|(?:bare )?(?:var|er|blev) (?:vaek|doed)|forsvandt))",
    r"(?:ingen|<ikke>) (?:\w+ ){0,3}?(?:savne?r?|opdager?|maerker?|graeder?|ligeglade?) (?:\w+ ){0,4}?<jeg> (?:var"
    r"|er|blev|forsvandt|doede?|doer)(?: (?:vaek|doed|her))?",
    r"(?:ingen|<ikke> nogen|hvad er) (?:rigtig )?(?:grund|mening|formaal|point|pointen?) (?:til|med|i|ved) (?:at "
    r"leve|livet|mit liv|at vaere (?:her|til))\b",
    r"(?:<ikke> noget|intet|<ikke> mere|ingenting) (?:\w+ ){0,2}(?:at leve for|tilbage at leve)",
    r"<ikke> (?:vaerd at leve|det vaerd at leve)",
    r"livet (?:er|foeles) (?:\w+ )?(?:meningsloest|<ikke> (?:det )?vaerd|slut for <mig>)",
    r"(?:hopper?|springer?|kaster? <mig>|smider? <mig>|gaar?|stiller? <mig>|loeber?|koerer?) <F>(?:ud |ind |ned "
    r")?(?:foran|under|i vejen for) (?:et |en |den |det )?"
    r"(?:\w*tog(?:et)?|bus(?:sen)?|bil(?:en)?|lastbil(?:en)?|metro(?:en)?)\b",
    r"(?:hoppe|hopper|springe|springer|kaste <mig>|kaster <mig>|smide <mig>) <F>(?:ud|ned) (?:fra|af|over) (?:et |en "
    r"|den |det |mit )?"
    r"(?:bro|broen|\w*broen|tag|taget|altan|altanen|vindue|vinduet|bygning\w*|hoejhus\w*)",
    r"laegge?r? <mig> (?:ned )?(?:paa|foran) (?:\w*skinner\w*|toget)",
    r"(?:livstraet|livslede|traet af (?:at leve|livet|at vaere (?:til|i live)|mit liv)(?! (?:paa|i|som|med))|faerdig "
    r"med (?:livet|at leve)"
    r"|give?r? op paa livet|givet op paa livet|lyst til livet er vaek|lysten til at leve er)",
    r"(?:afskeds|farvel|selvmords) ?brev\w*",
    r"farvel (?:til )?(?:alle sammen|jer alle|alle|verden|livet|for altid|for evigt)",
    r"(?:min|mit) sidste (?:besked|hilsen|farvel|brev|dag(?: paa jorden| i live)?)(?: \.|$| til jer| nogensinde)",
    r"(?:du|i) (?:ser|hoerer fra) <mig> aldrig (?:igen|mere)",
    r"(?:naar|hvis) <jeg> (?:er|var) doed\b",
    r"(?:<tage>|slugt|spist|sluge|sluger|spise|spiser) (?:\w+ ){0,3}?(?:for mange|alle mine|alle de|en masse|saa "
    r"mange|en overdosis|(?:en |et |)(?:hel|hele|helt|haandfuld|bunke)) (?:\w+ )?"
    r"(?:\w*pille\w*|\w*panodil\w*|pamol\w*|ipren\w*|\w*tablet\w*|sovepiller|medicin|paracetamol|pakken?"
    r"|glas(?:set)?)",
    r"(?:tage|taget|tager) (?:en )?overdosis",
    r"<jeg> (?:<vil> )?<F>forsvinde\b(?! (?:paa ferie|til|ud i|en tur))",
    r"(?:holde op med|slippe for|traet af) at (?:eksistere|leve|vaere til)\b",
    # English
    r"kill(?:ing|ed|s)? ?<myself>",
    r"(?:off|offing|offed|unaliv(?:e|ing|ed)|hang(?:ing)?|shoot(?:ing)?|drown(?:ing)?|poison(?:ing)?) ?<myself>",
    r"kms|kys mig selv ihjel",
    r"(?:want|wanna|wanted|wanting|wish|ready|deserve|need|hope|prefer|going|gonna|time|like|rather|waiting|trying"
    r"|tried) <F>(?:i <F>)?(?:could )?<F>(?:die|be dead)\b",
    r"wish (?:that )?i (?:just )?(?:was|were|wasnt|werent|had never been|was never|were never|hadnt been|didnt) "
    r"(?:dead|alive|born|here|exist|never born|gone)",
    r"<not> <F>(?:want|wanna|wanting) <F>(?:live|exist|be alive|wake up|go on|be here any ?more|be here|be around "
    r"any ?more)(?! (?:with|in|at|there|alone|on|near|tomorrow|for the|today|without my))\b",
    r"(?:end|ending|take|taking|took|taken|ended) (?:my|his|her|their) (?:own )?life\b",
    r"end(?:ing)? it all",
    r"(?:no|any|without|lost the) (?:reason|point|will|purpose) (?:to|in|for) (?:live|living|go on|going on|be alive"
    r"|life|stay alive|being alive)",
    r"(?:nothing|not anything) (?:left )?to live for",
    r"(?:not|isnt) (?:\w+ )?worth (?:living|it to live)",
    r"(?:tired|sick|done) (?:of|with) (?:living|life|being alive)\b",
    r"better off (?:dead|without me|if i)",
    r"(?:nobody|no one|noone) (?:would|will|d) (?:even )?(?:miss|care|notice) (?:me|if i)",
    r"(?:never|dont|not|didnt) (?:to )?(?:wake|waking) up(?: again| tomorrow| anymore|$| \.)",
    r"jump(?:ing)? (?:off|from|in front of|under) (?:a |the |my )?(?:bridge|train|roof|building|balcony|cliff|truck"
    r"|window)",
    r"(?:overdos\w+|od ed)",
    r"(?:took|take|taken|swallow\w*) (?:\w+ )?(?:too many|all (?:my|the|of my)|a (?:whole )?(?:bottle|pack|bunch)(?: "
    r"of)?|a whole|so many) (?:\w+ )?(?:pills?|tablets?|meds|paracetamol|painkillers|bottle|pack)",
    r"(?:goodbye|suicide) (?:letter|note)|goodbye (?:forever|world|everyone)|this is (?:my )?goodbye|my last "
    r"(?:message|goodbye)",
    r"at vaere doed|being dead|to be dead",
    r"(?:bedre|hellere|lige saa godt|ligesaa godt|bedst) (?:\w+ ){0,2}?doe?d?\b",
    r"<jeg> (?:\w+ )?(?:doer|dor) (?:\w+ )?(?:i soevne|i nat|i aften|snart|hellere|alene)",
    r"(?:doe|doer) i soevne",
    r"(?:overlever?|klarer?) <F><ikke> <F>(?:natten|i nat|weekenden|til i morgen|aftenen|dagen)",
    r"hvorfor (?:\w+ )?<jeg> (?:\w+ ){0,2}(?:leve|lever|i live|eksisterer)\b",
    r"(?:ved med|fortsaette med|fortsaetter med|orke|orker) at (?:leve|eksistere|vaere i live)",
    r"forlade (?:den her |denne )?(?:verden|livet|jorden)|(?:vaek|langt vaek) (?:herfra )?for (?:altid|evigt)"
    r"|forsvinde fra (?:jorden|verden|det hele|alt)",
    r"sove? (?:\w+ )?(?:for altid|for evigt|ind i doeden)|(?:fred|ro) for (?:altid|evigt)|evig (?:fred|soevn|hvile)",
    r"(?:det hele|alting|smerten|livet|det) <F>(?:skal |skulle |kunne |bare |ville )?(?:vaere slut|vaere ovre|faa en "
    r"ende|stopper nu)\b",
    r"(?:vil|vill|ville|oensker) <F>(?:have )?(?:at )?(?:det hele|alting|smerten) (?:skal |skulle |bare "
    r")?(?:stopper?|slutter?|forsvinder?)",
    r"livet (?:er|foeles) (?:\w+ )?(?:uudholdeligt|ubaerligt|ikke til at holde ud|for haardt)|hader (?:mit liv|at "
    r"leve|livet|at vaere i live)",
    r"(?:byrde|belastning|til besvaer|til last) for (?:alle|andre|jer|min|mine|dem|familien|verden)|burden (?:to|on) "
    r"(?:everyone|my|you|them|people|everybody|others)",
    r"(?:om|hvis) <jeg> (?:lever|doer|overlever|vaagner|doede|levede)\b|if i (?:die|died|live|killed|dont wake|didnt "
    r"wake|was gone|were gone|disappeared|was dead|were dead)\b",
    r"<jeg> (?:\w+ ){0,2}(?:burde|skulle) (?:\w+ )?(?:<ikke>|aldrig) (?:\w+ )?(?:vaere (?:her|foedt|blevet foedt"
    r"|til)|findes|eksistere|leve|vaeret foedt)",
    r"(?:ende|slutte) mine dage|<mig> (?:<selv> )?af dage|kradse?r?(?:de)? af\b",
    r"(?:koebt|fundet|bundet|har) (?:et |en )?(?:reb|loekke|galge)\b|(?:rope|noose)\b",
    r"(?:kugle|skud) (?:for panden|i hovedet|gennem hovedet)|skyde?r? (?:<mig> i hovedet|hovedet af <mig>)|bullet "
    r"(?:in|through) my",
    r"(?:skaere|skaerer|skaaret) (?:\w+ )?(?:halsen|pulsaare\w*|aarerne|haandleddene?) over|skaere (?:halsen"
    r"|pulsaare\w*) |(?:slit|cut) my (?:wrists?|throat)",
    r"<jeg> (?:\w+ ){0,4}?<mig> (?:<selv> )?<ihjel>|<mig> <selv> <ihjel>|myself to death",
    r"want (?:it|this|everything|the pain|life|it all|all of it) (?:all |just )?to (?:be over|end|stop|be done)",
    r"(?:no|any|whats the|what is the|see the|see a|without|a) (?:real )?(?:point|reason|purpose) (?:to|in|of|for) "
    r"(?:\w+ ){0,2}?(?:living|life|live|existing|being here|it all|going on)\b",
    r"(?:hate|hating) (?:my life|being alive|living|life)\b|done with (?:this )?(?:life|living|everything)\b|so done "
    r"with (?:this )?life",
    r"(?:want|wanna|wish)(?: to| i could)? <F>(?:disappear|vanish|not exist|stop existing|cease to exist|not be here"
    r"|not be alive)\b",
    r"(?:not|wont|never) (?:be|being) (?:here|alive|around) (?:any ?more|much longer)|when im (?:gone|dead)\b",
    r"(?:plan\w*|thoughts?|thinking|think|dream\w*|fantasi\w*) (?:to|of|about|on) (?:my own |my )?(?:die|dying|death"
    r"|ending it|end it|being dead)\b",
    r"(?:tanker|taenker|droemmer|fantaserer) (?:\w+ ){0,2}(?:om|paa) (?:min egen doed|at doe|doeden|at tage livet)",
    r"cant live (?:any ?more|like this|this way)|(?:give|giving|given) up on (?:life|living)|sleep forever|want out "
    r"of (?:this )?life|should (?:just )?(?:die|be dead)|rather (?:be )?dead",
    r"(?:<ikke>|ingen|intet) (?:\w+ ){0,3}?(?:at leve|livet|med mit liv)(?! (?:uden (?:min|mit|mine|kaffe|musik)|af"
    r"|paa|op til|sammen|sundt|i|her i|alene|usundt|som))\b",
    r"(?:mit liv|livet|my life|life) (?:\w+ ){0,3}?(?:<ikke>|ingen|intet|isnt|is not|has no|no|doesnt|slut|forbi"
    r"|over|pointless|meningsloest) (?:\w+ )?(?:mening|formaal|vaerd|vaerdi|worth|point|meaning|matter|purpose"
    r"|noget)\b",
    r"(?:mit liv er|my life is) (?:\w+ )?(?:slut|forbi|ovre|over|oedelagt for altid|pointless|meningsloest|worthless"
    r"|ligegyldigt)",
    r"(?:haenge|haenger|haengt) <mig>\b",
    r"(?:koere? galt|koerer galt|styrte|crash) (?:\w+ ){0,3}?(?:med vilje|on purpose)",
    r"<jeg> (?:siger|vil sige|ville sige) farvel\b|(?:saying|say) goodbye(?: now| forever| to everyone)?(?: \.|$)",
    r"(?:min|mit|my) (?:sidste|last) (?:aften|nat|dag|night|day|time)(?! (?:paa|i|som|med|hos|at|of|in|with|before"
    r"|foer))\b",
    r"(?:ingen|<ikke> (?:\w+ ){0,2}(?:en|nogen)) udvej|ingen vej ud|no way out|haabloest for mig|hopeless|no hope(?: "
    r"left)?|intet haab|ingen haab",
    r"(?:slutte|afslutte|ende) det(?: \.|$| nu| hele| i aften| i nat| for altid)|end (?:it|things)(?: \.|$| now| "
    r"tonight| for good| soon| forever)",
    r"nothing matters|(?:intet|ingenting) (?:betyder|giver) (?:noget|mening)",
    r"bange for (?:mig selv|hvad jeg (?:goer|kan)|at jeg goer|at goere)|noget dumt mod|(?:scared|afraid) of "
    r"(?:myself|what i)|do something stupid|goere? noget dumt",
    r"<tage> (?:<jeg> )?<F>(?:mit (?:eget )?liv|livet af <mig>)(?! (?:op|tilbage|i egne|i egen|alvorligt|serioest"
    r"|videre))\b",
    r"(?:gid|oenske\w*|lyst til at) (?:\w+ ){0,3}?forsvinde\b(?! (?:paa ferie|ud i|en tur))",
    r"sewer ?slide|self ?delete|ctb|(?:klar|lyst|taet paa|ved) (?:til |paa )?at give (?:helt )?op\b(?! (?:med|paa "
    r"(?:uddannelsen|skolen|jobbet)))",
    r"(?:feel|feeling|foeler) (?:\w+ ){0,2}?(?:suicid\w*|like dying)|traet af at kaempe|tired of (?:fighting"
    r"|everything)",
    r"(?:<tage>|slugt|spist|took|taken|swallowed) (?:\w+ ){0,2}?(?:[5-9]|\d{2,3}|ti|tyve|tredive|fyrre|halvtreds|ten"
    r"|twenty|thirty|forty|fifty) (?:\w+ )?(?:\w*piller\w*|\w*panodil\w*|pamol\w*|ipren\w*|tabletter|pills?|tablets?"
    r"|painkillers|paracetamol\w*)",
    r"(?:paa taget|paa broen|en bro|paa kanten|altanen|broen|tagkanten|on the (?:roof|bridge|ledge|edge)) (?:\w+ "
    r"){0,6}?(?:hoppe|springe|hopper|springer|jump|jumping)\b",
    r"(?:hoppe|springe|jump) (?:\w+ ){0,3}?(?:broen|en bro|altanen|tagkanten|bridge|ledge)\b",
    r"fortryder (?:\w+ ){0,2}<jeg> (?:\w+ )?foedt|aldrig (?:skulle vaere |blevet |vaeret )?foedt|never been born",
    r"bedre (?:at |om )?<jeg> (?:<ikke>|aldrig) (?:var|fandtes|er|findes|eksisterede)",
    r"<ikke> (?:\w+ )?savne <mig>|(?:dont|do not) miss me|undskyld til (?:alle|jer alle)|sorry to everyone",
)

SELFHARM: Final[tuple[str, ...]] = (
    r"selv ?skad\w*",
    r"self ?harm\w*",
    r"(?:skaere?r?|skaare?r?|skar|skaaret|ridser?|ridsede|snitter?|snittede|braender?|braendte|braendt|slaar|slaa"
    r"|slog|bider?|skader?|skadede|skadet|straffer?"
    r"|kradser?|stikker?|nive?r?|sulter?) (?:i |paa |ned i )?<mig> <selv>",
    r"(?:skade|ondt|fortraed) paa <mig>(?: <selv>)?",
    r"goe?re?r? <mig> <selv> (?:ondt|fortraed|skade)",
    r"(?:skaerer?|skaare?r?|skaaret|skar|snitter?|snittet|ridser?|ridset) (?:i )?<mig> (?:selv )?(?:igen|i (?:min "
    r"|mine )?(?:arm\w*|ben\w*|laar\w*|haandled\w*|mave\w*|hud\w*)|paa (?:min |mine )?(?:arm\w*|ben\w*|laar\w*"
    r"|haandled\w*))",
    r"<jeg> <F>skaerer? <F><mig>(?: \.|$)",
    r"(?:skaere|skaerer|skaaret|skar) i (?:min arm|mine arme|mine ben|mit laar|mine laar|mit haandled|mine haandled"
    r"|armene|haandleddet|huden)",
    r"cutte[rdt]?(?:de)? (?:i )?(?:<mig>|igen|mere|hver)|<jeg> <F>cutter\b|at cutte\b",
    r"(?:cut|cutting|cuts|hurt|hurting|harm|harming|burn|burning|burnt|burned|punish|punishing|hit|hitting|starv(?:e"
    r"|ing)|scratch(?:ed|ing)?) ?<myself>",
    r"cut(?:ting)? (?:my (?:wrist|wrists|arm|arms|thighs?|legs?)|again)",
    r"(?:been|started|start|keep|back to|stop|not) cutting\b|(?:my arms?|my legs?|my thighs?|my wrists?) (?:\w+ "
    r"){0,3}(?:cuts|bleeding|blood)",
    r"barberblad\w*|razor ?blades?|snitmaerker|skaeremaerker",
    r"(?:slaar|slaa|banker|bank|banke|hamrer) (?:mit |min |mine )?(?:hovedet|hoved|haanden|haand|knytnaeven|naeven) "
    r"(?:ind )?(?:i|mod) (?:en |et )?(?:vaeg\w*|mur\w*|doer\w*)|bang(?:ing)? my head",
    r"(?:skader|skaaret|skaerer|skadet|braendt|ridset) <mig> (?:i nat|i gaar|med vilje|hver|naar|med en|dagligt|paa "
    r"benene)|sulter <mig>|on purpose to hurt",
    r"(?:arme?|ben|laar|haandled) (?:\w+ )?bloeder|(?:arms?|legs?|wrists?) (?:are |is )?bleeding",
    r"(?:trang|lyst) til at (?:skade|skaere|braende|slaa|straffe|ridse|cutte)(?: i)? <mig>",
)

DANGER: Final[tuple[str, ...]] = (
    r"(?:er|foeler mig|er jeg|vi er) (?:\w+ )?i (?:livs)?fare\b",
    r"(?:im|i am|we are|were|feel) in (?:\w+ )?danger",
    r"(?:not|dont feel|never feel|isnt|unsafe) (?:\w+ )?safe\b(?! to (?:say|assume))|feel unsafe",
    r"<ikke> (?:\w+ ){0,2}(?:tryg|sikker|i sikkerhed) (?:hjemme|derhjemme|her|hos|i mit hjem)|<ikke> i sikkerhed",
    r"(?:toer|tor) <F><ikke> (?:at )?(?:\w+ )?(?:gaa|vaere|tage|komme|sove|blive) (?:\w+ )?(?:hjem|hjemme"
    r"|derhjemme)\b",
    r"(?:scared|afraid) (?:to go|of going|to be) home",
    r"bange for (?:at gaa hjem|at vaere hjemme|min (?:far|kaereste|stedfar|mor|eks|ekskaereste|bror|familie|mand))\b",
    r"(?:scared|afraid) of my (?:dad|father|stepdad|boyfriend|girlfriend|ex|mom|mum|mother|brother|family|husband)",
    r"(?:foelger|foelge|fulgte|er|kommer|loeber) (?:lige )?efter <mig>",
    r"(?:forfoelger|stalker|jagter|overvaager) <mig>",
    r"(?:following|chasing|stalking|after) me(?: \.|$| home| right| with| and)",
    r"(?:kniv|pistol|machete|skydevaaben|oekse) (?:\w+ ){0,3}(?:uden ?for|mod <mig>|paa <mig>|efter <mig>|til min "
    r"hals)",
    r"<third> (?:\w+ ){0,6}(?:kniv|pistol|machete|skydevaaben)\b(?! og gaffel)",
    r"(?:he|she|they|someone|somebody) (?:\w+ ){0,4}(?:knife|gun)\b",
    r"laast (?:\w+ )?inde|holdt? (?:mig )?fanget|lader <mig> <ikke> (?:gaa|komme ud)|wont let me (?:leave|go|out)"
    r"|locked me in",
    r"forbloeder|bloeder (?:\w+ )?(?:meget|kraftigt|helt vildt)|bleeding (?:a lot|out|badly)",
    r"(?:ring|ringe|ringer) (?:\w+ )?(?:112|911)|ring efter (?:en ambulance|politiet|ambulance)|call (?:112|911|the "
    r"police|an ambulance)",
    r"ved at doe\b",
    r"overdosis\b",
    r"<jeg> kan (?:bare |virkelig |fandme |simpelthen |altsaa |slet |snart |sgu )*<ikke> (?:klare (?:det |mere |det "
    r"hele )?|holde (?:det|livet|til det) (?:ud )?)?<mere>?(?: \.|$| nu| af det her)",
    r"<jeg> (?:orker|magter|klarer|gider) <F><ikke> (?:noget |det )?<mere>(?: \.|$)",
    r"holder (?:det )?<F><ikke> (?:det )?(?:til )?(?:ud|mere)(?: <mere>)?(?: \.|$)",
    r"(?:cant|cannot|can not) <F>(?:go on|take (?:it|this)|do (?:this|it)|cope|keep going)(?: any ?more| any "
    r"longer)(?: \.|$)|i cant go on\b",
    r"(?:ingen|<ikke> (?:noget|et|nogen)) sted(?:er)? at (?:sove|vaere|bo|overnatte)(?: i (?:nat|aften))|sove?r? paa "
    r"gaden|nowhere to (?:sleep|go tonight|stay tonight)|sleeping (?:on the street|rough|outside)",
    r"<third> (?:\w+ ){0,4}?(?:udenfor|uden for|foran min doer|foran doeren|foran huset|nede foran|ved min doer"
    r"|banker paa doeren|outside my)\b",
    r"(?:bryder|bryde|broed|brudt) ind (?:hos|i min)|(?:broke|breaking|break) into my|gemmer <mig>(?: for| \.|$| paa"
    r"| i)|hiding from",
    r"bange for (?:ham|hende|dem|at (?:han|hun|de)|hvad (?:han|hun|de))\b|(?:scared|afraid|terrified) of (?:him|her"
    r"|them|what he|what she)\b",
    r"<ikke> traekke vejret|cant breathe|bevidstloes\w*|unconscious|hjertestop|besvimet|(?:noget i (?:min )?drink"
    r"|drugged|spiked)",
    r"(?:please|pls) help me(?: \.|$| now)|hjaelp <mig>(?: nu)?(?: \.|$)|(?:smidt|smed <mig>|kicked|thrown) (?:me "
    r")?(?:ud|out) (?:hjemmefra|paa gaden|i nat|i aften|tonight|on the street)",
    r"(?:brug for|tilkald|send) (?:politi\w*|en ambulance|ambulance)|i need (?:the police|an ambulance)",
    r"(?:stoffer|piller|coke|kokain|mdma|ketamin|heroin|drugs|pills) (?:\w+ ){0,5}?(?:daarlig\w*|vaagne|kaster op"
    r"|bevidst\w*|hjertebanken|pass(?:ed|ing) out|collaps\w*)|(?:daarlig\w*|bange|sick) (?:\w+ ){0,4}(?:stoffer"
    r"|drugs)",
    r"(?:bor|ligger|er) paa gaden\b|(?:no place|nowhere|no where) to (?:sleep|stay|go)(?: tonight| \.|$)|homeless "
    r"tonight|hjemloes (?:i nat|i aften|nu|fra)|<ikke> (?:\w+ ){0,3}?(?:sted at sove|tag over hovedet)",
    r"need help (?:now|right now|asap|immediately|tonight)|(?:brug for|faa) hjaelp (?:nu|lige nu|med det samme|i "
    r"nat)(?: \.|$)|(?:going to|gonna|will|ill) find me|(?:finder|finde) <mig>(?: \.|$| og)",
    r"hoerer stemmer|hearing voices|stemmer(?:ne)? (?:siger|i mit hoved|i hovedet)|<jeg> giver op(?: \.|$)|i give "
    r"up(?: \.|$)",
)

VIOLENCE: Final[tuple[str, ...]] = (
    r"<third> (?:\w+ ){0,3}?(?:<slaa>|banker?|bankede|banket|taever?|taevede|sparker?|sparkede|kvaeler?|kvalte"
    r"|overfaldt|overfalder|mishandler?|mishandlede|misbruger?"
    r"|misbrugte|taesker|gennembanker?|stikker|stak|truer?|truede|truet) <mig>\b",
    r"true(?:r|de|t)? (?:<mig> )?(?:med|paa livet)",
    r"<jeg> (?:er|bliver|blev|har vaeret|er lige|var) (?:\w+ ){0,2}?(?:slaaet|sparket|banket|taevet|gennembanket"
    r"|truet|overfaldet|mishandlet|misbrugt|kvalt|stukket ned|tvunget til sex)\b",
    r"(?:slaar|slaa|slog|slaaet) <mig> <ihjel>",
    r"voldtaeg\w*|voldtag\w*|voldtog\w*|raped?|raping|rapist",
    r"sexually (?:assault\w*|abus\w*)|seksuel\w* (?:misbrug\w*|overgreb\w*)|overgreb\w*|molest\w*",
    r"vold i hjemmet|hjemlig vold|partnervold|aeresdrab|tvangs ?aegteskab\w*|tvangs ?gift\w*|domestic violence"
    r"|forced marriage|gifte mig mod min vilje",
    r"<slaa> <who> <ihjel>|(?:draebe?r?|myrde?r?|kvaele?r?) <who>|(?:stikke?r?|stak|skyde?r?) <who>(?: ned)?",
    r"<jeg> (?:<vil>) <F>(?:smadre|banke|slaa|taeve|skade|goere skade paa) <who>",
    r"(?:<third>|vil|will|going to|gonna) (?:\w+ ){0,3}?(?:draebe|myrde|kill|murder|stab|shoot|strangle) (?:<mig>"
    r"|me)\b",
    r"(?:going to|gonna|want to|wanna|will|ill|could|might) <F>(?:kill|stab|shoot|hurt|murder|strangle|beat) <whom>\b",
    r"(?:he|she|they|my \w+|someone|somebody) (?:\w+ ){0,3}?(?:hits?|hitting|beats?|beating|punch(?:ed|es)?"
    r"|kick(?:ed|s)?|chok(?:ed|es)|strangl\w*|abus(?:es|ed)|attack(?:ed|s)|threaten(?:s|ed)|rap(?:ed|es)"
    r"|hurts|assaulted|slap(?:s|ped)) me\b(?! (?:up|at|to|with))",
    r"i (?:was|got|get|am|im|have been|keep getting|been) (?:being |getting )?(?:beaten(?: up)?|attacked|assaulted"
    r"|stabbed|abused|threatened|strangled)\b",
    r"(?:faar|fik|faaet|faa) (?:\w+ )?(?:taesk|kloe|bank|stryg|hug|en flad|flade|en lussing|lussinger)\b",
    r"vold|volden|voldelig\w*|kvaelertag|taesket|gennembanket|trusler",
    r"<third> (?:\w+ ){0,2}?(?:slaar|slog|banker|bankede|sparker|sparkede|taever|mishandler|truer|truede) (?:os"
    r"|boernene|hende|ham|dem|min \w+|mine \w+)\b",
    r"<third> (?:\w+ ){0,3}?(?:tvinger|tvang|tvunget|afpresser|afpressede|afpresset|skubber|skubbede|roerte ved"
    r"|roerer ved|roert ved|udnytter|udnyttede) <mig>",
    r"(?:he|she|they|my \w+|someone|somebody) (?:\w+ ){0,3}?(?:touched|forced|forces|forcing|pushed|pushes|grabbed"
    r"|grabs|pinned|blackmail\w*|threw (?:\w+ ){1,3}at) me\b",
    r"(?:trues|slaas) (?:af|derhjemme|hver)|gaar amok paa <mig>|violent (?:with|to|towards|against) me|(?:is|gets"
    r"|got|was|being) (?:really |so )?(?:violent|abusive)",
    r"(?:he|she|they|my \w+|someone|somebody) (?:\w+ ){0,3}?(?:threatening|hurting|attacking|beating|hitting|abusing"
    r"|raping|punching|choking) me\b",
    r"(?:selvom|selv om|even though|when|after) (?:jeg|i) (?:siger|sagde|say|said) (?:nej|no)\b|mod min vilje"
    r"|against my will|(?:saelger?|solgt) (?:<mig> <selv>|sex)",
)

SPINE: Final[tuple[str, ...]] = (
    # Long words that stay recognisable with one letter missing, added, wrong or swapped.
    "selvmord",
    "selvmordstanker",
    "selvskade",
    "suicide",
    "suicidal",
    "myself",
    "voldtaget",
    "overdosis",
    "forsvinde",
)

NOT_MISSPELT: Final[frozenset[str]] = frozenset({"herself", "itself", "forsvinder", "forsvinden"})
