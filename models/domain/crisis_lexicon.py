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
    "vil": (
        r"(?:vil|vill|ville|vile|skal|(?:har|faar|fik) (?:\w+ )?lyst til at|taenker paa at|har taenkt paa at|overvejer at"
        r"|kommer til at)"
    ),
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
    "pills": (
        r"(?:\w*pille\w*|\w*panodil\w*|pamol\w*|ipren\w*|\w*tablet\w*|medicin\w*|paracetamol|pills?|meds|sleepers)"
    ),
    "limb": r"(?:arm\w*|ben\w*|laar\w*|haandled\w*|mave\w*|hud\w*|wrists?|thighs?|legs?)",
    "edge": (
        r"(?:perron\w*|\w*skinner\w*|broen|en bro|\w+broen|tagkanten|taget|altanen|kanten|havnen|vandet|klippen"
        r"|platform|bridge|ledge|rooftop|tracks)"
    ),
    "soon": r"(?:i nat|i aften|i dag|i morgen|nu|snart|i weekenden|tonight|now|today|tomorrow|soon)",
    "body": r"(?:hals\w*|strube\w*|nakke\w*|haar\w*|throat|neck|hair)",
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
    # A thing, not a person, takes one's life; a bill hits; a friend stabs in the back; a gull attacks.
    r"(?:det|den|de) (?:der |her )?(?!liv\b)\w+ <tage> (?:helt |naesten |snart )?livet af <mig>",
    r"(?:lussing|lussinger|hug|klap|bank|tur i \w+) (?:af|fra) (?:\w*regning\w*|skat|su|banken|renten|priserne|vejret)",
    r"(?:stab(?:bed|bing)?|knife|stak|stukket|stikker) (?:me |mig )?in the back|kniven? i ryggen",
    r"overfaldet af (?:en |et |nogle |to )?(?:\w+ ){0,2}(?:maage\w*|hund\w*|kat\w*|hvepse?\w*|myg|svane\w*|and|aender"
    r"|ged\w*)",
    r"(?:<ikke>|ingen) (?:nogen |er )?(?:der |som |har )?(?:nogensinde )?(?:truer|slaar|slaaet|truet|roert|roerer"
    r"|forfoelger|foelger efter) <mig>",
    r"(?:he|she|they|nobody|no one) (?:hasnt|havent|has not|never) (?:ever )?(?:touched|hurt|hit|threatened) me",
    # What was taught, read, watched or played.
    r"(?:kursus|foerstehjaelp|rollespil|oplaeg|film\w*|bog\w*|foredrag|podcast\w*|dokumentar\w*|serie\w*|opgave\w*"
    r"|stil|emne\w*|tema\w*|afsnit\w*|artikel\w*|sang\w*|musical|essay|movie|song|book|series"
    r"|documentary) (?:\w+ ){0,3}?(?:om|med|about|called|der hedder) (?:\w+ ){0,3}?(?:vold\w*|selvmord\w*"
    r"|selvskade\w*|overgreb\w*|hjertestop|mord\w*|voldtaegt\w*|misbrug\w*|suicid\w*|murder\w*|self ?harm\w*"
    r"|domestic violence|abuse)",
    r"(?:havde|har|laerte|laerer|oever|oeve|snakkede|talte|taler) (?:\w+ )?(?:om |foerstehjaelp (?:\w+ )?)(?:ved "
    r"|med )?(?:selvmord\w*|selvskade\w*|vold\w*|hjertestop|overgreb\w*) (?:i (?:dansk|skolen|timen|samfundsfag"
    r"|klassen)|paa)",
    r"(?:er|var|bliver|am|im) (?:saa |helt |naesten |halv|ligesom |literally |so ){0,2}(?:doed|dead)(?: nu)? (?:efter"
    r"|af|traet|i benene|i hovedet|indeni|paa benene|after|tired|inside lol)|doede? (?:lidt |helt |naesten )?indeni"
    r"|doed ?(?:traet|kedelig\w*|laekker\w*|sej\w*|syg\w*|irriterende|flot\w*|sjov\w*|godt?|svaert?|smart\w*"
    r"|nervoes\w*|sulten|fed\w*|cringe|serioes\w*)",
    # What stands in quotation marks beside a song, a film or a game is somebody else's words.
    r"(?:sang\w*|song|linje\w*|tekst\w*|lyrics|track|film\w*|movie|serie\w*|spil\w*|game|bog\w*|playliste?\w*"
    r"|the sims|sims|repeat|spotify) (?:\w+ ){0,6}?(?:doe|doer|doed\w*|leve|livet|liv|die|dead|kill\w*|suicid\w*"
    r"|mord\w*)\b|(?:doe|doer|doed\w*|leve|livet|liv|die|dead|kill\w*) (?:\w+ ){0,6}?(?:paa repeat|god sang|fed sang"
    r"|the sims|sims|sangen|filmen|i spillet|spotify|lyrics)",
    r"(?:sparket?|sparkede|smidt?|smed|kicked?|slettet?) <mig> (?:ud|af|off|out) (?:af |fra |of )?(?:\w*gruppe\w*"
    r"|\w*chat\w*|spillet|holdet|discord\w*|serveren|the (?:group|chat|server))",
    r"ingen (?:fremtid|vej) (?:i|for) (?:det|den|de|mit) (?:job\w*|uddannels\w*|forhold|projekt\w*|firma\w*|skole)",
    r"hader (?:mandage?|mit job|mit arbejde|skolen|lektier|regn\w*|vinteren)",
    r"foerstehjaelp (?:\w+ ){0,3}?hjertestop",
    r"(?:doer|draebt|slaaet ihjel|killed) (?:\w+ ){0,4}?(?:i|in|paa) (?:det |den |the )?(?:<game>|level\w*|bane\w*"
    r"|boss\w*)",
    r"smidt ud (?:af|fra) (?:skolen|klassen|timen|holdet|klubben|festen|kurset|gruppen|chatten|spillet|fitness\w*)",
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
    r"(?:bedre|lettere|nemmere|gladere|nemmest|lettest|bedst|roligere) (?:\w+ ){0,4}?(?:uden <mig>|(?:hvis"
    r"|naar) <jeg> (?:<ikke> (?:var|er|fandtes|eksisterede|levede)|(?:bare )?(?:var|er|blev) (?:vaek|doed|borte)"
    r"|(?:bare )?(?:forsvandt|doede)))",
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
    # Denial folded into a clause: "at hun ikke vil leve", "som ikke orker mere liv".
    r"<ikke> <F>(?:vil|ville|gider|orker|oensker|magter|kan) <F>(?:at )?(?:leve\b(?! (?:af|uden|paa|sammen|med))"
    r"|eksistere|vaere i live|vaere her <mere>)",
    r"(?:gider?|orker|magter|klarer|kan) <F><ikke> <F>(?:det |mit |noget )?(?:her )?liv\b",
    # Both at once: neither to die nor to live.
    r"<ikke> <F>(?:vil |at )?doe (?:\w+ ){0,5}?(?:<ikke>|heller <ikke>) (?:\w+ )?(?:leve|holde ud|orker)"
    r"|holde (?:det )?ud at leve",
    # Asking about, keeping or having taken what kills.
    r"(?:hvor mange|how many) (?:\w+ )?<pills>|(?:gemt|samlet|sparet|hamstret|gemmer|samler|saved|saving"
    r"|hoarding) (?:\w+ ){0,3}?<pills>|(?:har|i|ive) <F>(?:taget|slugt|spist|took|taken"
    r"|swallowed) (?:\w+ ){0,2}?(?:\d\d+|alle|all|hele|whole|en haandfuld|a bunch) (?:\w+ ){0,2}?<pills>|(?:dosis"
    r"|dose) (?:\w+ ){0,3}?(?:doedelig|lethal|fatal)|(?:doedelig|lethal) (?:dosis|dose)",
    r"(?:reb|sele|loekke|strik|rope|noose) (?:\w+ ){0,4}?(?:loftet|krog\w*|halsen|traeet|ready|klar|neck|ceiling)"
    r"|(?:koebt|fundet|har|got|bought) (?:\w+ ){0,2}?(?:reb|rope|noose|loekke)\b",
    # At the edge, and what one thinks of there.
    r"<edge> (?:\w+ ){0,6}?(?:skridtet|hoppe\w*|springe\w*|lade mig falde|jump\w*|falde|goere det|slippe)\b",
    r"(?:hoppe|springe|lade <mig> falde|jump|drukne|forsvinde) (?:\w+ ){0,4}?<edge>|drukne <mig>",
    r"(?:spring|hop)(?:e|er|pe|per)? ud (?:fra|af) (?:\w+ ){0,2}?(?:sal|etage|hoejde\w*|kanten|stilladset|vinduet)",
    r"(?:koere|koerer|drive) (?:\w+ ){0,3}?(?:ind i|galt|into) (?:\w+ ){0,2}?(?:trae\w*|mur\w*|med vilje|tree|wall)",
    # Not there any more: said as if it were nothing.
    r"(?:hvis|naar|foer|when|if) (?:<jeg>|im|i am) (?:<ikke> )?(?:er |bliver )?(?:vaek|borte|gone|not here"
    r"|<ikke> (?:er )?her|her <ikke>)(?: <mere>| anymore| en dag| one day| i morgen| tomorrow| snart| \.|$)",
    r"(?:ved <ikke>|tvivler|maaske|lover <ikke>|dont know if|not sure) (?:\w+ ){0,4}?(?:<jeg> er|er <jeg>|ill be"
    r"|i will be|im) (?:<ikke> )?(?:her|i live|around|here|alive)\b(?: <ikke>)? (?:<soon>|i naeste|naeste|til|om en"
    r"|paa|next|to see|by|for)",
    r"(?:i|de|alle) (?:\w+ )?(?:kan|maa|skal) (?:\w+ )?(?:faa|tage|arve|beholde) (?:\w+ ){0,2}(?:ting|hund|kat"
    r"|guitar) (?:\w+ ){0,2}naar jeg",
    r"(?:finder|find) (?:i )?(?:<mig>|me) (?:nok |bare )?(?:i morgen|doed|dead|in the morning|tomorrow)",
    r"(?:dette|det her|det|this) (?:er|bliver|is) (?:nok )?(?:farvel|the end|slut for <mig>|the last time)(?: \.|$"
    r"| fra)",
    r"(?:sidste|last) (?:gang|aften|nat|night|time) (?:\w+ ){0,3}?(?:lever|i live|jeg skriver|alive|you hear)",
    # The plan, the attempt, the will.
    r"(?:plan|planer|planlagt|besluttet|bestemt|decided|planned|planning) (?:\w+ ){0,4}?(?:doe\b|slutte det"
    r"|slut(?:te)? (?:paa )?(?:det|livet|alt)|for (?:hvordan )?jeg (?:goer|vil goere) det|end it|die\b"
    r"|goer det (?:i )?<soon>|how to do it)",
    r"(?:forsoegt|forsoegte|proevet|proevede|proever|tried|attempted|trying) (?:paa )?(?:\w+ )?(?:at )?(?:tage (?:mit"
    r"|sit) liv|doe\b|haenge <mig>|(?:end|take) (?:my|it)|it again)",
    r"unaliv\w*|sewer ?slide|catch the bus for good",
    r"(?:sove|soevn|sleep) (?:\w+ ){0,4}?(?:<ikke>|never|not) (?:\w+ ){0,2}?(?:staa op|vaagn\w*|wake|get up)"
    r"|go to sleep forever|sleep forever",
    r"(?:slut|slutter|slutte|forbi|faerdig|ende|ender) (?:\w+ ){0,2}?med (?:mig|det hele|mit liv)\b(?! (?:og|i skolen))"
    r"|(?:want|wish|ready|need) (?:\w+ ){0,2}?(?:it|everything|this) (?:all )?to (?:end|stop|be over)",
    r"<jeg> (?:vil|oensker|oensker bare|laenges efter) (?:bare |virkelig |kun )?(?:vaek herfra|have (?:ro|fred)"
    r"|doeden|vaere doed)(?: for altid|(?: \.|$))|laenges efter (?:at doe|doeden)",
    r"(?:byrde|burden|til besvaer) (?:\w+ ){0,2}?(?:for (?:alle|dem|jer|andre|min familie|everyone)|to (?:everyone"
    r"|them|my family))",
    r"(?:ingen|<ikke> nogen|no) (?:udvej|vej ud|vej tilbage|haab|fremtid|way out|hope"
    r"|future)\b(?: \w+){0,3}?(?: for <mig>| for me| left| tilbage| \.|$)",
    r"(?:livet|mit liv|life) (?:er|is|giver|foeles) (?:\w+ ){0,2}?(?:<ikke>|ingen|lort|meningsloest|pointless"
    r"|meaningless|not) ?(?:det )?(?:vaerd|mening|worth|vaerd at leve)?(?: \.|$| laengere| mere| anymore)",
    r"(?:hader|hate) (?:at )?(?:leve|mit liv|livet|at vaere i live|being alive|my life|living)(?: saa| so| \.|$| og"
    r"| and)",
    # Meanings that stand near each other, however the sentence goes: I and death; not and being; pain that must stop.
    r"(?:<jeg>|im|i) (?:(?!<ikke>\b|<not>\b|naar\b)\w+ ){0,5}?(?:doe|doed|dead|die|dying)\b(?! (?:for|af|over|at|to"
    r"|traet|tired|inside|siden))",
    r"(?:hvordan|how) (?:\w+ ){0,5}?(?:doer|doe|dies?|begaar)\b",
    r"(?:tanker|tankerne|tanke|taenker|thoughts|thinking|lyst|laengsel) (?:\w+ ){0,3}?(?:<ikke> (?:at )?(?:vaere"
    r"|findes|eksistere|leve)|doe\w*|death|dying|ende det)",
    r"<ikke> (?:at )?(?:vaere til|findes|eksistere)\b",
    r"<ikke> (?:\w+ ){0,4}?(?:liv|livet|tilvaerelsen) (?:\w+ ){0,2}?(?:ud|mere|laengere|laenger)\b"
    r"|<ikke> (?:\w+ ){0,3}?(?:kraefter|energi|mod|styrke) (?:\w+ )?til (?:at leve|livet|mere)"
    r"|<ikke> (?:\w+ ){0,3}?(?:en fremtid|nogen fremtid|meningen med (?:livet|noget|det hele))",
    r"(?:have|vil|haaber|want|need|make|faa) (?:\w+ ){0,3}?(?:det|smerten|tankerne|alt|alting|livet|it|the pain"
    r"|everything) (?:\w+ ){0,2}?(?:stopper|holder op|slutter|stop|to stop|to end|be over)(?: \.|$| nu| snart)"
    r"|alt (?:\w+ )?(?:er |foeles )?(?:sort|moerkt|haabloest|ligegyldigt|meningsloest|tomt)",
    r"why (?:am i|im|i am|do i) (?:\w+ )?(?:still )?(?:alive|here|exist|bother)|still alive\b",
    r"(?:ingen|<ikke> nogen|nobody|no one|noone) (?:\w+ ){0,2}?(?:brug for|needs?|elsker|vil have|loves|wants"
    r"|cares about) (?:<mig>|me)\b|(?:might|may) as well (?:be|just) (?:gone|die|dead|leave|end)",
    r"(?:sammen med|hos|se|with) (?:min|mine|my) (?:\w+ )?(?:\w+ )?(?:i himlen|paa den anden side|in heaven)"
    r"|i himlen\b",
    r"sidste gang (?:jeg|i|du)\b(?! (?:ses|saas|var|saa|taler|talte|proevede|skulle|moedtes))|pas(?:s"
    r"|ser)? (?:godt )?paa (?:jer|dig selv|jer selv|hinanden|min \w+)(?: \.|$| naar| for mig)",
    r"(?:finde|finder|fundet|find|found) (?:<mig>|me) (?:\w+ ){0,3}?(?:efter|naar|foerst|for sent|after|too late|doed"
    r"|uge|dage)|foerst finde <mig>",
    r"<pills> (?:\w+ ){0,3}?(?:i haand\w*|foran <mig>|paa bordet|in my hand|in front of)|(?:pistol|gevaer|skud"
    r"|gun) (?:\w+ ){0,3}?(?:mod hovedet|i munden|slut|to my head)",
    r"finde paa (?:\w+ ){0,3}?(?:ved|mod) <mig>(?: <selv>)?|goere noget (?:ved <mig> <selv>|dumt|jeg fortryder)"
    r"|do something (?:stupid|bad|to <myself>)",
    r"(?:haenge|haengt|draebe|drukne|drukne|skyde|skudt|kvaele|forgifte) (?:sig|himself|herself|themselves)\b",
    r"(?:gider?|orker|magter) <F><ikke> (?:mer|mere|laengere|laenger)(?: \.|$| (?:hej\w*|farvel|undskyld|pas|tak|bye))",
    r"<ikke> (?:\w+ ){0,3}?(?:lyst til at|gide|orke|behoever at) vaagne|lyst(?:en)? til (?:at leve|livet)\b",
    r"(?:lettelse|befrielse|skoent|rart|dejligt|fred|relief|peaceful) (?:\w+ ){0,2}?(?:at doe|doeden|to die"
    r"|being dead)\b",
    r"(?:hvad er|whats|what is) (?:pointen|meningen|ideen|the point)(?: \.|$| med (?:det hele|noget|livet|alt)"
    r"| anymore| of (?:it all|anything|living))",
    r"(?:see myself|kan <ikke> se mig selv) (?:\w+ )?(?:making it|alive|living|being here|growing|blive|leve"
    r"|om \w+ aar)|<not> (?:\w+ ){0,2}?make it to (?:\d+|my)",
    r"(?:gonna|going to|ill|i will|saa) (?:jump|hopper <jeg>|springer <jeg>)(?: \.|$)",
    r"(?:fundet ud af|ved|planlagt|know|figured out) (?:\w+ )?(?:hvordan|hvornaar|how|when) (?:<jeg>|im|i) (?:vil "
    r"|skal |will |gonna |going to )?(?:\w+ )?(?:goer|goere|do|doing) (?:det|it)\b",
    r"farvel til (?:min|mine) (?:\w+ )?(?:familie|soester|bror|mor|far|foraeldre|venner|veninder?|hund|kat|kaereste"
    r"|boern|soeskende)\b",
    # Somebody else, now.
    r"(?:siger|skrev|skriver|truer|sagde|snakker|taler|says|said|texted|told me|threatens?) (?:\w+ ){0,6}?(?:han|hun"
    r"|de|hen|he|she|they|hed|shes|hes) (?:\w+ ){0,2}?(?:vil |goer |gonna |will |is going to "
    r"|wants? to )(?:\w+ )?(?:goere det|det <soon>|doe\b|slutte det|die\b|do it|end it|end things|kill"
    r"|hurt (?:himself|herself))",
    r"(?:taget|tog|took|taken) (?:\w+ ){0,2}?(?:overdosis|for mange (?:\w+ )?<pills>|too many (?:\w+ )?<pills>)",
    r"(?:draebe?r?|draebt|kill(?:ing|ed|s)?|hang(?:ing|ed)?) ?(?:sig selv|himself|herself|themselves)",
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
    r"(?:fine|better|happier|easier|okay|lighter) (?:\w+ ){0,2}?(?:without me|if i (?:\w+ )?(?:gone|dead|disappeared"
    r"|wasnt))",
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
    r"sove? (?:\w+ )?(?:for altid|for evigt(?! i (?:den|min|en|det))|ind i doeden)|(?:fred|ro) for (?:altid|evigt)"
    r"|evig (?:fred|soevn|hvile)",
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
    r"(?:naar|hver gang|hvis|indtil|until|when|whenever) (?:<jeg>|i) <F>(?:skaerer|cutter|ridser|braender|cut"
    r"|burn)(?: \.|$| <mig>| lidt| dybt| deep| i <mig>)",
    r"(?:nye?|lavet|friske?|flere|fresh|new|made) (?:\w+ ){0,2}?(?:saar|snit|rifter|maerker|cuts|scars"
    r"|marks) (?:\w+ ){0,2}?(?:paa|on) (?:\w+ )?<limb>",
    r"(?:skaere?r?|skaaret|skar|skader?|skadede|skadet|cutter|ridser|ridset|braender|braendt|straffer) (?:i "
    r"|paa )?sig(?: selv)",
    r"(?:cuts|cutting|hurts|hurting|harms|harming|burns|burning) (?:her|him|them)sel(?:f|ves)",
    r"(?:skaaret|skadet|cuttet|cut|braendt) (?:<mig> |myself )?(?:selv )?(?:i|de sidste|siden|in"
    r"|for) (?:\w+ ){1,2}?(?:dage?|uger?|mdr|maaneder?|aar|days?|weeks?|months?|years?)",
    r"(?:want|wanna|urge|urges|need|craving|lyst|trang|trangen) (?:\w+ )?(?:to|til|til at|for at) (?:cut|skaere|cutte"
    r"|ridse|self ?harm|selvskade|skade <mig>|hurt <myself>)(?: \.|$| igen| again| <mig>| my(?: wrists?| arms?|self))",
    r"(?:haelder?|haeldte|holder?|holdt) (?:\w+ ){0,3}?(?:kogende|varmt|brandvarmt|lighter\w*|ild|boiling|hot"
    r"|flame) (?:\w+ ){0,3}?(?:paa|over|mod|hen til|on|over|to) (?:mine?|mit|my) (?:\w+ )?(?:haand|haender|<limb>"
    r"|hands?|skin)",
    r"(?:faldet i|faldt i|tilbagefald|relaps\w*|roeget i) (?:\w+ ){0,4}?(?:skaaret|skar|cut\w*|selvskade\w*|igen \."
    r"|skaere)|(?:har|jeg|og|i) (?:lige |just )?(?:skaaret|cuttet|cut)(?: igen)?(?: \.|$)",
    r"(?:scratch\w*|kradse\w*|ridse\w*|bit|bite|biting|bidt|bider?|rev|river|pil\w*) (?:<mig> |myself )?(?:<selv> "
    r"|i )?(?:(?:my|min|mit|mine) (?:\w+ )?(?:<limb>|hands?|haand\w*|haender\w*|skin) )?(?:\w+ ){0,2}?(?:bled"
    r"|bleed\w*|bloed\w*|blods|blood|blod)\b",
    r"(?:kaste op|kaster op|throw up|throwing up|purge|purging|sulte|starve|starving) (?:\w+ ){0,4}?(?:med vilje"
    r"|on purpose|hader min krop|hate my body)|sulter? (?:\w+ )?<mig>",
    r"<limb> (?:\w+ ){0,4}?(?:fulde? af|med) (?:\w+ )?(?:snit|ar|saar|maerker|cuts|scars)\b|full of (?:cuts|scars)"
    r"|slaaet <mig> <selv>",
    r"(?:punch\w*|hit\w*|slaar|slog) (?:\w+ )?(?:walls?|the wall|vaegge\w*) (?:\w+ ){0,4}?(?:bleed\w*|bled|bloed\w*"
    r"|blod|hands?|haand\w*)",
    r"for at (?:straffe <mig>|maerke (?:smerten|noget|at jeg lever))|to (?:punish myself|feel (?:something|the pain))",
    r"(?:saet|seddel|glasskaar|kniven?|noeglen?|sakse?n?|passer\w*|glas|scissors|blade) (?:\w+ ){0,3}?(?:ind i|ned i"
    r"|i|mod|into|against) (?:min|mit|mine|my) (?:\w+ )?(?:<limb>|haand\w*|hud|skin)",
    r"barberblad\w*|razor ?blades?|snitmaerker|skaeremaerker",
    r"(?:slaar|slaa|banker|bank|banke|hamrer|dunker|dunkede|smadrer|smadrede|slog|bankede) (?:mit |min "
    r"|mine )?(?:hovedet|hoved|haanden|haand|knytnaeven|naeven) (?:ind )?(?:i|mod) (?:en |et )?(?:vaeg\w*|mur\w*"
    r"|doer\w*)|bang(?:ing)? my head",
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
    r"(?:er|blev|bliver|blevet|lige) (?:\w+ )?(?:smidt|kylet|kastet|sat) (?:ud|paa gaden)(?: hjemmefra| af min"
    r"| af mor| af far| i nat| i aften| og| paa| \.|$)|(?:kicked|threw|thrown) (?:me )?out(?: of (?:the|my) (?:house"
    r"|home|flat|place)| tonight| and| \.|$)",
    r"(?:bil|mand|maend|fyre?|drenge|nogen|car|man|guys?) (?:\w+ ){0,3}?(?:udenfor|uden for|nede foran|foran doeren"
    r"|outside) (?:\w+ ){0,5}?(?:venter|igen|kigger|stirrer|hele natten|waiting|again|watching)",
    r"(?:ser|hoerer|see|seeing|hear|hearing) (?:ting|folk|noget|nogen|stemmer|things|people"
    r"|voices) (?:\w+ ){0,3}?(?:<ikke> (?:er|findes)|<ikke>|arent|isnt|not there|real)",
    r"(?:vaagen|sovet|awake|slept) (?:\w+ ){0,2}?(?:i|for|in) (?:\w+ ){0,2}?(?:doegn|dage|naetter|days"
    r"|nights)(?: \w+){0,3}? (?:ser|hoerer|stemmer|see|hear|paranoid)",
    r"(?:traekker?|faar|faa|fik) (?:\w+ ){0,2}?<ikke> (?:\w+ ){0,2}?(?:vejret|luft)|(?:isnt|not|stopped|hardly"
    r"|barely) breathing",
    r"(?:kan <ikke> (?:faa|vaekke) (?:liv i )?(?:ham|hende|dem|min \w+)|(?:vaagner|reagerer|svarer) <ikke> (?:paa"
    r"|naar|mere \.)|wont wake up|not waking up|cant wake (?:him|her))",
    r"(?:hamrer?|hamrede|banker|sparker|sparkede|raaber|kaster sten|banging|kicking"
    r"|pounding) (?:\w+ ){0,3}?(?:min doer|doeren|paa doer\w*|vinduet|my door|the door|my window)",
    r"(?:kommer|gaar|komme) (?:\w+ )?efter (?:min|mine|os|my) (?:\w+)?|(?:ellers|or|otherwise) (?:\w+ )?(?:kommer"
    r"|goer|slaar|skader|tager|smadrer|draeber|they|hell|he will|theyll) (?:\w+ ){0,3}?(?:de|han|hun|efter|hurt|kill"
    r"|come|find)",
    r"(?:vil have|tvinger|presser|truer|want|make|making|forcing) (?:<mig>|me) (?:\w+ )?(?:til at |til |to )(?:saelge"
    r"|stjaele|gemme|transportere|hente stoffer|sex|sell|steal|hide|carry)",
    r"(?:taget|tog|roeget|drukket|sniffet|took|taken|smoked|drank) (?:\w+ )?(?:for (?:meget|mange)|too (?:much"
    r"|many)) (?!tid|plads|ansvar|kaffe|sukker|time|space)\w+",
    r"(?:puttet|kom|kommet|haeldt|put|slipped) (?:\w+ )?(?:noget|stoffer|something) (?:\w+ )?(?:i|in) (?:min|mit"
    r"|my) (?:drink|glas|oel|glass|beer)",
    r"(?:stukket|stak|stikker|loebet|loeb|flygtet) (?:\w+ )?(?:af|hjemmefra)(?: hjemmefra)? (?:\w+ ){0,3}?(?:sover"
    r"|gemmer|opgang|gaden|ingen|tog|station)|sover? (?:\w+ )?(?:i en opgang|i en bil|i bilen|paa (?:en )?(?:station"
    r"|bank|baenk)\w*|under en bro|udenfor|i et telt|in (?:my|a) car)",
    r"bange (?:\w+ ){0,5}?(?:hjemme|derhjemme|i lejligheden|om natten) (?:\w+ ){0,2}?(?:fordi|hvis|naar"
    r"|for) (?:\w+ ){0,2}?(?:eks\w*|far|han|stedfar|bror|de|nogen)",
    r"(?:staar|holder|venter|sidder|standing|waiting) (?:\w+ ){0,7}?(?:uden for|udenfor|foran|nede ved"
    r"|outside) (?:min|mit|vores|my|our) (?:\w+ )?(?:opgang|doer|hus|lejlighed|vindue\w*|blok|port|gade|door|house"
    r"|flat|building|window)",
    r"(?:toer|tor) <F><ikke> (?:at )?(?:\w+ )?(?:sove|gaa ud|gaa udenfor|aabne doeren|lukke oejnene"
    r"|vaere i lejligheden|tage hjem)",
    r"(?:scared|afraid|too scared) to (?:sleep|leave|go out|open the door|close my eyes)",
    r"(?:har|has|got|fik|taget) (?:\w+ )?(?:a |en |min |my |ekstra )?(?:noegle\w*|key|keys)(?: \.|$| til min| til mig"
    r"| til lejl\w*| to my| and| og)",
    r"(?:keeps|bliver ved med at) (?:showing up|coming back|turning up|komme|dukke op|ringe paa|staa)"
    r"|dukker op (?:hos <mig>|ved min|hele tiden|igen og igen)",
    r"(?:nogen|please|vil du|vil i|kan du|kan i|can you|can someone|somebody) (?:\w+ ){0,2}?(?:ringe?|call|sende?"
    r"|send) (?:til |efter |for )?(?:politi\w*|112|en ambulance|ambulance|the police|an ambulance|police|911)",
    r"(?:ran|run|running|loebet|stukket|flygtet) (?:away|af|hjemmefra|fra)(?: hjemmefra"
    r"| home)? (?:\w+ ){0,4}?(?:nowhere|ingen steder|<ikke> noget sted|gaden|gemmer|sover)",
    r"(?:skylder|owe) (?:\w+ ){0,5}?(?:efter <mig>|truer|tonight|after me|finder mig|smadrer|braekker|i aften|i nat)",
    r"(?:gemmer|laast|sidder|hiding|locked) (?:<mig> |myself |indelaast )?(?:\w+ )?(?:inde |in )?(?:paa|i"
    r"|in) (?:\w+ )?(?:badevaerelset|toilettet|skabet|kaelderen|vaerelset|bathroom|closet) (?:\w+ ){0,4}?(?:han|hun"
    r"|de|ham|banker|sparker|raaber|he|she|they|from)",
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
    r"(?:slog|slaar|slaaet|ramte|rammer|hit) (?:<mig>|me) (?:\w+ )?(?:med|i ansigtet|i hovedet|i maven|foran|saa"
    r"|flere|igen|gang|hver|with a|in the|so|again|every)(?! (?:det|den|tanken|at))",
    r"(?:laaste|lukkede|laaser|smed|locked) (?:<mig>|me) (?:ude|inde|ud|out|in)\b",
    r"(?:holdt|holdte|holder|held|pinned) (?:<mig> |me )?(?:fast|nede|down)\b|(?:ville|vil|wouldnt"
    r"|didnt) (?:<ikke> )?(?:stoppe|stop)(?: selvom| \.|$| when| even)",
    r"(?:taeve|smadre|banke|slaa|stikke|skyde) <who>(?: \.|$| saa| til| ned| ihjel| hvis| naeste)",
    r"(?:skubbede|skubber|skubbet|pushed|shoved|threw) (?:<mig>|me) (?:\w+ )?(?:ned|ind|ud|mod|op|down|into|against)",
    r"(?:smadrer|taever|draeber|slaar|skader|stikker) <mig> (?:hvis|naar|ihjel)",
    r"(?:uncle|dad|father|brother|stepdad|teacher|man|guy) (?:\w+ ){0,2}?(?:touch\w*|grop\w*|molest\w*) me",
    r"(?:knytnaeve\w*|slag|spark|albue|flad haand|punch|kick) (?:\w+ )?(?:i|mod|paa|in|to) (?:ansigtet|hovedet|maven"
    r"|kinden|nakken|the (?:face|head|stomach)) (?:\w+ )?(?:af|fra|by|from)",
    r"(?:sparkede|sparket|bankede|taevede|smadrede|gennembankede|mishandlede|kvalte|overfaldt|flaaede"
    r"|rev) <mig>\b(?! ud| op| med ind)",
    r"<third> (?:\w+ ){0,2}?(?:kaster?|kastede|smider|smed|kyler|kylede) (?:\w+ ){1,3}?(?:efter|paa"
    r"|i hovedet paa) <mig>",
    r"<third> (?:\w+ ){0,3}?(?:hev|hiver|trak|traekker|flaar|river|slaeber|slaebte|greb|griber|tog fat|tager fat"
    r"|holdt|holder|presser|pressede|smadrede|smadrer) (?:\w+ ){0,2}?(?:<mig>|mit haar|i mit haar|min hals"
    r"|om min hals|i haaret|mig ned|mig op ad)(?! (?:paa besoeg|med i|ud i|op hvis|til (?:at|en)))",
    r"(?:hands?|arm|haender(?:ne)?|haand\w*) (?:\w+ )?(?:around|round|on|om|rundt om) (?:my|min|mit) <body>"
    r"|by the (?:throat|hair)|(?:my|me by the) (?:throat|neck) (?:\w+ )?(?:and|until|so)",
    r"(?:giftes|gifte <mig>|gift med|marry|married) (?:\w+ ){0,7}?(?:<jeg> vil <ikke>|vil <jeg> <ikke>|<ikke> vil|mod"
    r"|tvinger|dont want|against|forcing)|(?:tvinge[rst]?|forced|forcing|forces) (?:\w+ ){0,4}?(?:giftes|gifte|marry"
    r"|sex|rejse til|have sex)",
    r"(?:roerer|roerte|roert|tager|tog|taget|befamler|befamlede|touches|touched|touching|groped) (?:ved )?(?:<mig>"
    r"|me) (?:\w+ ){0,2}?(?:naar|selvom|paa bryst\w*|paa roev\w*|i skridtet|mellem|when|even|under|without)",
    r"(?:kontrollerer|styrer|bestemmer over|controls|isolates) (?:<mig>|alt hvad jeg|me\b|everything i)"
    r"|maa <ikke> (?:gaa ud|se mine venner|have telefon) for (?:ham|hende|min)",
    r"(?:deler|delt|laegger|lagt|sender|sendt|poste\w*|share\w*|leak\w*) (?:\w+ ){0,3}?(?:noegen\w*|nudes?"
    r"|billeder af <mig>|sexvideo\w*)",
    r"(?:blaat oeje|blaa maerker|braekkede? (?:min|mit)|black eye|bruises) (?:\w+ ){0,4}?(?:han|ham|far|kaereste\w*"
    r"|eks|he|him|my dad|boyfriend|igen)",
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
    "sidste",
    "pillerne",
    "skaaret",
)

NOT_MISSPELT: Final[frozenset[str]] = frozenset({"herself", "itself", "forsvinder", "forsvinden"})
