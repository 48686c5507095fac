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
    r"sidste gang (?:jeg|i|du)\b(?! (?:ses|saas|var|saa|skrev|ringede|svarede|taler|talte|proevede|skulle|moedtes))|pas(?:s"
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
